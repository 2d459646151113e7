//! Bodies: reads them within the limits of size and time, and decompresses them within the limit of size.

use std::io::{self, Read};

use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};
use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap};
use tokio::time::{Instant, timeout_at};

use super::Fetcher;
use super::error::{FetchError, FetchStage, NetworkFault};
use super::headers::text;

/// The header `Accept-Encoding`: the encodings that `decompress` can undo.
pub(super) const ACCEPT_ENCODING: &str = "gzip, br, zstd, deflate";
/// The first bytes of a gzip stream.
const GZIP: &[u8] = &[0x1f, 0x8b, 0x08];
/// The first bytes of a zstd stream.
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// The most layers of gzip that no header names: a `.xml.gz`, compressed once more by the server.
const UNNAMED_LAYERS: usize = 2;
/// The most encodings that one answer may name. Each has the limit of size, but takes its own time.
const NAMED_LAYERS: usize = 4;
/// The most members of a gzip stream: parallel compressors write one per 64 kB or more. An empty member is twenty bytes.
const MAX_MEMBERS: usize = 1000;
/// The largest window that an HTTP server may ask a client for (RFC 9659): 8 MiB.
const ZSTD_WINDOW_LOG: u32 = 23;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ContentEncoding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

/// A body as far as it came.
pub(super) struct ReadBody {
    pub(super) bytes: Vec<u8>,
    /// The cause, in words, where the body broke off.
    pub(super) cut: Option<String>,
}

/// Reads a body of at most `cap` bytes and decompresses it to at most `cap` bytes. A body that breaks off is returned
/// as far as it came: many servers end TLS without a word, or count a length wrongly.
pub(super) async fn read(
    response: &mut reqwest::Response,
    fetcher: &Fetcher,
    cap: usize,
    deadline: Instant,
) -> Result<ReadBody, FetchError> {
    // A server may announce any length, so the announcement can only refuse the body, and reserves no memory.
    let announced = text(response.headers(), &CONTENT_LENGTH).and_then(|length| length.trim().parse::<u64>().ok());
    if announced.is_some_and(|length| length > cap as u64) {
        return Err(FetchError::TooLarge(cap));
    }
    let (mut bytes, mut cut) = (Vec::new(), None);
    loop {
        let chunk = match timeout_at(deadline, response.chunk()).await {
            Ok(Ok(chunk)) => chunk,
            Ok(Err(error)) => match fetcher.client_error(error) {
                FetchError::Network { fault: NetworkFault::Cut, cause } if !bytes.is_empty() => {
                    cut = Some(cause);
                    break;
                }
                error => return Err(error),
            },
            Err(_) => return Err(FetchError::Timeout { stage: FetchStage::Whole, secs: fetcher.timeout.as_secs() }),
        };
        let Some(chunk) = chunk else { break };
        if bytes.len() + chunk.len() > cap {
            return Err(FetchError::TooLarge(cap));
        }
        bytes.extend_from_slice(&chunk);
    }
    let encodings = encodings(response.headers());
    if encodings.is_empty() && !bytes.starts_with(GZIP) {
        return Ok(ReadBody { bytes, cut });
    }
    let bytes = ceasewire_cpu::run_or_panic(move || decompress(bytes, &encodings, cap)).await?;
    Ok(ReadBody { bytes, cut })
}

/// The encodings of an answer in the order of their application. Unknown names (`identity`, a charset by mistake) are
/// ignored.
fn encodings(headers: &HeaderMap) -> Vec<ContentEncoding> {
    let mut found = Vec::new();
    for value in headers.get_all(CONTENT_ENCODING) {
        for name in String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase().split(',') {
            match name.trim() {
                "gzip" | "x-gzip" => found.push(ContentEncoding::Gzip),
                "deflate" => found.push(ContentEncoding::Deflate),
                "br" => found.push(ContentEncoding::Brotli),
                "zstd" => found.push(ContentEncoding::Zstd),
                _ => {}
            }
        }
    }
    found.truncate(NAMED_LAYERS);
    found
}

/// Undoes the encodings, and gzip that no header names. A body that does not begin like its named encoding stays as it
/// is: some servers name an encoding and send plain text.
fn decompress(mut bytes: Vec<u8>, encodings: &[ContentEncoding], cap: usize) -> Result<Vec<u8>, FetchError> {
    for encoding in encodings.iter().rev() {
        bytes = match encoding {
            ContentEncoding::Gzip if bytes.starts_with(GZIP) => gunzip(&bytes, cap)?,
            ContentEncoding::Zstd if bytes.starts_with(ZSTD) => unzstd(&bytes, cap)?,
            ContentEncoding::Gzip | ContentEncoding::Zstd => bytes,
            ContentEncoding::Deflate => or_plain_text(undeflate(&bytes, cap), bytes)?,
            ContentEncoding::Brotli => {
                or_plain_text(capped(brotli_decompressor::Decompressor::new(&bytes[..], 4096), cap), bytes)?
            }
        };
    }
    for _ in 0..UNNAMED_LAYERS {
        if bytes.starts_with(GZIP) {
            bytes = gunzip(&bytes, cap)?;
        }
    }
    Ok(bytes)
}

/// Decompresses all members of a gzip stream. Padding after the last member, which some servers send, is ignored.
fn gunzip(bytes: &[u8], cap: usize) -> Result<Vec<u8>, FetchError> {
    let (mut rest, mut out) = (bytes, Vec::new());
    let mut members = 0;
    while rest.starts_with(GZIP) {
        members += 1;
        if members > MAX_MEMBERS {
            let cause = format!("the body has more than {MAX_MEMBERS} gzip members");
            return Err(FetchError::Network { fault: NetworkFault::Encoding, cause });
        }
        let mut member = GzDecoder::new(rest);
        append(&mut member, &mut out, cap)?;
        rest = member.into_inner();
    }
    Ok(out)
}

fn unzstd(bytes: &[u8], cap: usize) -> Result<Vec<u8>, FetchError> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(bytes).map_err(undecodable)?;
    decoder.window_log_max(ZSTD_WINDOW_LOG).map_err(undecodable)?;
    capped(decoder, cap)
}

/// Decompresses `deflate`: zlib by the standard, bare deflate from some servers.
fn undeflate(bytes: &[u8], cap: usize) -> Result<Vec<u8>, FetchError> {
    let is_zlib = match bytes {
        [first, second, ..] => first & 0x0f == 8 && u16::from_be_bytes([*first, *second]) % 31 == 0,
        _ => false,
    };
    if is_zlib { capped(ZlibDecoder::new(bytes), cap) } else { capped(DeflateDecoder::new(bytes), cap) }
}

/// Falls back to the bytes themselves where decoding fails and they look like a feed.
fn or_plain_text(decoded: Result<Vec<u8>, FetchError>, bytes: Vec<u8>) -> Result<Vec<u8>, FetchError> {
    let plain = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes).trim_ascii_start();
    match decoded {
        Err(FetchError::Network { .. }) if bytes.is_empty() || matches!(plain.first(), Some(b'<' | b'{')) => Ok(bytes),
        decoded => decoded,
    }
}

fn capped(mut from: impl Read, cap: usize) -> Result<Vec<u8>, FetchError> {
    let mut out = Vec::new();
    append(&mut from, &mut out, cap)?;
    Ok(out)
}

/// Appends a decoder's output up to the limit of size.
fn append(from: &mut impl Read, out: &mut Vec<u8>, cap: usize) -> Result<(), FetchError> {
    let left = cap.saturating_sub(out.len()) as u64;
    let read = from.take(left + 1).read_to_end(out).map_err(undecodable)?;
    if read as u64 > left { Err(FetchError::TooLarge(cap)) } else { Ok(()) }
}

fn undecodable(error: io::Error) -> FetchError {
    let fault = match error.kind() {
        io::ErrorKind::UnexpectedEof => NetworkFault::Cut,
        _ => NetworkFault::Encoding,
    };
    FetchError::Network { fault, cause: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use std::io::Write;

    const TEXT: &[u8] = b"<rss><channel><title>Lachin corridor</title></channel></rss>";
    const CAP: usize = 1 << 16;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn br(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        brotli::CompressorWriter::new(&mut out, 4096, 3, 22).write_all(bytes).unwrap();
        out
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        zstd::stream::encode_all(bytes, 3).unwrap()
    }

    #[test]
    fn every_encoding_and_combination_is_undone() {
        use ContentEncoding::{Brotli, Deflate, Gzip, Zstd};
        let padded = [gzip(TEXT), vec![0; 100]].concat();
        let members = [gzip(&TEXT[..20]), gzip(&TEXT[20..])].concat();
        for (bytes, encodings) in [
            (TEXT.to_vec(), vec![]),
            (gzip(TEXT), vec![Gzip]),
            (zlib(TEXT), vec![Deflate]),
            (deflate(TEXT), vec![Deflate]),
            (br(TEXT), vec![Brotli]),
            (zstd(TEXT), vec![Zstd]),
            // Two encodings, in the order of their application.
            (br(&gzip(TEXT)), vec![Gzip, Brotli]),
            // A .xml.gz, as a file and compressed once more by the server.
            (gzip(TEXT), vec![]),
            (gzip(&gzip(TEXT)), vec![Gzip]),
            (gzip(&gzip(TEXT)), vec![]),
            (padded, vec![Gzip]),
            (members, vec![Gzip]),
            // Named, but plain text.
            (TEXT.to_vec(), vec![Gzip]),
            (TEXT.to_vec(), vec![Zstd]),
            (TEXT.to_vec(), vec![Brotli]),
            (TEXT.to_vec(), vec![Deflate]),
        ] {
            let text = decompress(bytes, &encodings, CAP).unwrap_or_else(|error| panic!("{encodings:?}: {error}"));
            assert_eq!(text, TEXT, "{encodings:?}");
        }
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        use ContentEncoding::{Brotli, Deflate, Gzip, Zstd};
        let zeros = vec![0; 2 << 20];
        let bombs = [
            (gzip(&zeros), vec![Gzip]),
            (gzip(&gzip(&zeros)), vec![]),
            (zlib(&zeros), vec![Deflate]),
            (br(&zeros), vec![Brotli]),
            (zstd(&zeros), vec![Zstd]),
            // Many small members are one large body.
            (gzip(&zeros[..1 << 10]).repeat(100), vec![Gzip]),
        ];
        for (bytes, encodings) in bombs {
            let error = decompress(bytes, &encodings, CAP).unwrap_err();
            assert!(matches!(error, FetchError::TooLarge(CAP)), "{encodings:?}: {error}");
        }
        let exactly = decompress(gzip(&zeros[..CAP]), &[Gzip], CAP).unwrap();
        assert_eq!(exactly.len(), CAP);
    }

    #[test]
    fn members_without_content_stop_at_a_bound() {
        let most = gzip(b"").repeat(MAX_MEMBERS - 1);
        let text = decompress([most.clone(), gzip(TEXT)].concat(), &[ContentEncoding::Gzip], CAP).unwrap();
        assert_eq!(text, TEXT);
        let more = [most, gzip(b""), gzip(TEXT)].concat();
        let error = decompress(more, &[ContentEncoding::Gzip], CAP).unwrap_err();
        assert!(matches!(error, FetchError::Network { fault: NetworkFault::Encoding, .. }), "{error}");
    }

    #[test]
    fn a_cut_or_garbled_compressed_body_is_an_error() {
        use ContentEncoding::{Brotli, Deflate, Gzip, Zstd};
        for (bytes, encoding) in [(gzip(TEXT), Gzip), (zlib(TEXT), Deflate), (br(TEXT), Brotli), (zstd(TEXT), Zstd)] {
            let cut = bytes[..bytes.len() - 12].to_vec();
            assert!(matches!(decompress(cut, &[encoding], CAP), Err(FetchError::Network { .. })), "{encoding:?}");
            let mut garbled = bytes;
            for byte in &mut garbled[6..] {
                *byte ^= 0x55;
            }
            assert!(matches!(decompress(garbled, &[encoding], CAP), Err(FetchError::Network { .. })), "{encoding:?}");
        }
    }

    #[test]
    fn encodings_are_read_leniently() {
        let mut headers = HeaderMap::new();
        headers.append(CONTENT_ENCODING, "X-GZip, identity".parse().unwrap());
        headers.append(CONTENT_ENCODING, "utf-8,br".parse().unwrap());
        assert_eq!(encodings(&headers), [ContentEncoding::Gzip, ContentEncoding::Brotli]);
        headers.append(CONTENT_ENCODING, "gzip, ".repeat(500).parse().unwrap());
        assert_eq!(encodings(&headers).len(), NAMED_LAYERS);
    }
}
