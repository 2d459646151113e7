//! Owns the check of files: it finds the upload of a parameter and refuses files that Telegram refuses. It must not
//! know the chat.
//!
//! Files by id or address are not supported, and photos must be PNG: the bot sends no others.

use std::io::Read;

use axum::body::Bytes;
use serde_json::{Value, json};

use super::{
    ApiRefusal,
    methods::{refuse, text},
    multipart::Upload,
    params::Params,
};

/// Bytes of a document (Bot API, sendDocument: "up to 50 MB").
const MAX_DOCUMENT_BYTES: usize = 50 * 1024 * 1024;
/// Bytes of a photo (TDLib, MAX_PHOTO_SIZE).
const MAX_PHOTO_BYTES: usize = 10 * 1024 * 1024;
/// Width and height of a photo together.
const MAX_PHOTO_SIDES: u64 = 10_000;
/// The largest ratio between the sides of a photo.
const MAX_PHOTO_RATIO: u64 = 20;

/// A file of the bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentFile {
    pub media: Media,
    pub name: String,
    /// The media type, by the name's ending.
    pub mime: &'static str,
    pub bytes: Bytes,
}

/// How a file is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// As an image, with its width and height.
    Photo(u32, u32),
    /// As a name.
    Document,
}

impl SentFile {
    /// Adds the file to a message of the Bot API.
    pub(super) fn write_to(&self, message: &mut Value) {
        let id = format!("file{}", message["message_id"]);
        let mut file = json!({ "file_id": id, "file_unique_id": format!("u{id}"), "file_size": self.bytes.len() });
        match self.media {
            Media::Photo(width, height) => {
                (file["width"], file["height"]) = (json!(width), json!(height));
                message["photo"] = json!([file]);
            }
            Media::Document => {
                (file["file_name"], file["mime_type"]) = (json!(self.name), json!(self.mime));
                message["document"] = file;
            }
        }
    }
}

/// Reads the photo of sendPhoto.
pub(super) fn read_photo(params: &Params, uploads: &[Upload]) -> Result<SentFile, ApiRefusal> {
    let upload = find(params, "photo", uploads)?;
    let size = upload.bytes.len();
    if size > MAX_PHOTO_BYTES {
        let words = "bytes is too big for a photo; the maximum size is";
        return refuse(format!("file of size {size} {words} {MAX_PHOTO_BYTES} bytes"));
    }
    let Some((width, height)) = png_sides(&upload.bytes) else { return refuse("IMAGE_PROCESS_FAILED") };
    let (long, short) = (u64::from(width.max(height)), u64::from(width.min(height)));
    if long + short > MAX_PHOTO_SIDES || long > short * MAX_PHOTO_RATIO {
        return refuse("PHOTO_INVALID_DIMENSIONS");
    }
    Ok(kept(upload, Media::Photo(width, height)))
}

/// Reads the document of sendDocument.
pub(super) fn read_document(params: &Params, uploads: &[Upload]) -> Result<SentFile, ApiRefusal> {
    let upload = find(params, "document", uploads)?;
    if upload.bytes.len() > MAX_DOCUMENT_BYTES {
        return Err(ApiRefusal::new(413, "Request Entity Too Large"));
    }
    // Telegram would invent a name for the file.
    if upload.name.is_empty() {
        return refuse("document has no file name");
    }
    Ok(kept(upload, Media::Document))
}

fn find<'a>(params: &Params, field: &str, uploads: &'a [Upload]) -> Result<&'a Upload, ApiRefusal> {
    let part = text(params, field).strip_prefix("attach://");
    let Some(upload) = uploads.iter().find(|upload| part == Some(&upload.part)) else {
        return refuse("wrong file identifier/HTTP URL specified");
    };
    if upload.bytes.is_empty() { refuse("file must be non-empty") } else { Ok(upload) }
}

fn kept(upload: &Upload, media: Media) -> SentFile {
    let name = upload.name.clone();
    let mime = match name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).as_deref() {
        Some("ics") => "text/calendar",
        Some("png") => "image/png",
        Some("txt") => "text/plain",
        _ => "application/octet-stream",
    };
    SentFile { media, name, mime, bytes: upload.bytes.clone() }
}

/// Checks a PNG image: its chunks with their check sums, and as many bytes of pixels as its head promises. Returns its
/// width and height.
fn png_sides(png: &[u8]) -> Option<(u32, u32)> {
    let mut rest = png.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    let number = |bytes: &[u8]| bytes.get(..4)?.try_into().ok().map(u32::from_be_bytes);
    let (mut head, mut packed) = (None, Vec::new());
    loop {
        let length = usize::try_from(number(rest)?).ok()?;
        let chunk = rest.get(4..8_usize.checked_add(length)?)?;
        let mut sum = flate2::Crc::new();
        sum.update(chunk);
        if number(rest.get(8 + length..)?)? != sum.sum() {
            return None;
        }
        rest = &rest[12 + length..];
        match (chunk.split_at(4), head) {
            ((b"IHDR", data), None) if data.len() == 13 => head = Some(data),
            (_, None) => return None,
            ((b"IDAT", data), _) => packed.extend_from_slice(data),
            ((b"IEND", _), _) if rest.is_empty() => break,
            ((b"IEND", _), _) => return None,
            _ => {}
        }
    }
    let head = head?;
    let (width, height) = (number(head)?, number(&head[4..])?);
    let channels: u64 = match head[9] {
        0 | 3 => 1,
        2 => 3,
        4 => 2,
        6 => 4,
        _ => return None,
    };
    let line = 1 + (u64::from(width) * channels * u64::from(head[8])).div_ceil(8);
    let expected = line.checked_mul(u64::from(height))?;
    // An interlaced image has other lines; the bot makes none.
    let is_sound = width > 0 && height > 0 && matches!(head[8], 1 | 2 | 4 | 8 | 16) && head[10..13] == [0, 0, 0];
    let pixels = flate2::read::ZlibDecoder::new(&packed[..]).take(expected.saturating_add(1));
    let unpacked = std::io::copy(&mut { pixels }, &mut std::io::sink()).ok()?;
    (is_sound && unpacked == expected).then_some((width, height))
}

/// Draws a grey PNG image of this size.
pub fn grey_png(width: u32, height: u32) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], data: &[u8]| {
        let mut sum = flate2::Crc::new();
        sum.update(kind);
        sum.update(data);
        png.extend(u32::try_from(data.len()).unwrap_or_default().to_be_bytes());
        png.extend(kind);
        png.extend(data);
        png.extend(sum.sum().to_be_bytes());
    };
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
    let line = [&[0][..], &vec![0x80; width as usize]].concat();
    let mut packed = Vec::new();
    let lines = line.repeat(height as usize);
    flate2::read::ZlibEncoder::new(&lines[..], flate2::Compression::fast())
        .read_to_end(&mut packed)
        .expect("in memory");
    chunk(b"IHDR", &head);
    chunk(b"IDAT", &packed);
    chunk(b"IEND", b"");
    png
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(
        read: fn(&Params, &[Upload]) -> Result<SentFile, ApiRefusal>,
        field: &str,
        name: &str,
        bytes: Vec<u8>,
    ) -> String {
        let params = json!({ field: "attach://part" }).as_object().cloned().unwrap();
        let upload = Upload { part: "part".into(), name: name.into(), bytes: bytes.into() };
        match read(&params, &[upload]) {
            Ok(file) => format!("{:?} {}", file.media, file.mime),
            Err(refusal) => refusal.description,
        }
    }

    #[test]
    fn photos_are_png_images_of_a_size_that_telegram_shows() {
        let broken = |at: fn(usize) -> usize| {
            let mut png = grey_png(40, 30);
            let at = at(png.len());
            png[at] ^= 1;
            png
        };
        let cut = grey_png(40, 30)[..60].to_vec();
        let padded = [grey_png(40, 30), vec![0; MAX_PHOTO_BYTES]].concat();
        let lied = [&grey_png(40, 30)[..8], &grey_png(40, 31)[8..33], &grey_png(40, 30)[33..]].concat();
        let too_big =
            format!("file of size {} bytes is too big for a photo; the maximum size is 10485760 bytes", padded.len());
        let table: [(Vec<u8>, &str); 11] = [
            (grey_png(40, 30), "Photo(40, 30) image/png"),
            (grey_png(9000, 1000), "Photo(9000, 1000) image/png"),
            (grey_png(9001, 1000), "PHOTO_INVALID_DIMENSIONS"),
            (grey_png(21, 1), "PHOTO_INVALID_DIMENSIONS"),
            (broken(|_| 1), "IMAGE_PROCESS_FAILED"),
            (broken(|end| end - 20), "IMAGE_PROCESS_FAILED"),
            (cut, "IMAGE_PROCESS_FAILED"),
            (lied, "IMAGE_PROCESS_FAILED"),
            (b"<svg/>".to_vec(), "IMAGE_PROCESS_FAILED"),
            (Vec::new(), "file must be non-empty"),
            (padded, &too_big),
        ];
        for (bytes, expected) in table {
            let got = judged(read_photo, "photo", "chart.png", bytes);
            assert_eq!(got.trim_start_matches("Bad Request: "), expected);
        }
    }

    #[test]
    fn documents_have_a_name_that_says_their_type_and_a_limit() {
        let table = [
            ("meeting.ics", 5, "Document text/calendar"),
            ("встреча.ICS", 5, "Document text/calendar"),
            ("meeting", 5, "Document application/octet-stream"),
            ("", 5, "document has no file name"),
            ("meeting.ics", MAX_DOCUMENT_BYTES, "Document text/calendar"),
            ("meeting.ics", MAX_DOCUMENT_BYTES + 1, "Request Entity Too Large"),
        ];
        for (name, size, expected) in table {
            let got = judged(read_document, "document", name, vec![0; size]);
            assert_eq!(got.trim_start_matches("Bad Request: "), expected, "{name} {size}");
        }
    }
}
