//! Owns the reading of multipart bodies: their texts and their files. It must not know methods or the use of a file.

use axum::body::Bytes;
use memchr::memmem;

/// A file that came with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Upload {
    /// The name of its part, which a parameter points at with `attach://`.
    pub part: String,
    /// The file's own name.
    pub name: String,
    pub bytes: Bytes,
}

/// Takes a body apart into texts by name, and files: what states a file name is one.
pub(super) fn read_multipart(boundary: &str, body: &Bytes) -> (Vec<(String, String)>, Vec<Upload>) {
    let (mut texts, mut uploads) = (Vec::new(), Vec::new());
    let delimiter = format!("--{boundary}");
    // A boundary stands at the beginning of a line; what looks like one inside a file is the file's.
    let is_at_line = |at: &usize| *at == 0 || body[..*at].ends_with(b"\r\n");
    let marks: Vec<usize> = memmem::find_iter(body, &delimiter).filter(is_at_line).collect();
    for pair in marks.windows(2) {
        let part = &body[pair[0] + delimiter.len()..pair[1]];
        let part = part.strip_suffix(b"\r\n").unwrap_or(part);
        let Some(head_end) = memmem::find(part, b"\r\n\r\n") else { continue };
        let (head, content) = (String::from_utf8_lossy(&part[..head_end]), &part[head_end + 4..]);
        let Some(name) = quoted(&head, " name=\"") else { continue };
        match quoted(&head, " filename=\"") {
            Some(file) => uploads.push(Upload { part: name, name: file, bytes: body.slice_ref(content) }),
            None => texts.push((name, String::from_utf8_lossy(content).into_owned())),
        }
    }
    (texts, uploads)
}

/// Reads the quoted value after a key; a backslash keeps the next character.
fn quoted(head: &str, key: &str) -> Option<String> {
    let (_, rest) = head.split_once(key)?;
    let (mut value, mut chars) = (String::new(), rest.chars());
    loop {
        match chars.next()? {
            '"' => return Some(value),
            '\\' => value.push(chars.next()?),
            c => value.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_files_come_apart_byte_for_byte() {
        let mut body = b"--B\r\nContent-Disposition: form-data; name=\"caption\"\r\n\r\nline\r\nline\r\n\
                         --B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\xd0\xb0\\\"b.ics\"\r\n\
                         Content-Type: text/calendar\r\n\r\n"
            .to_vec();
        let content = b"\xff\r\n\r\n x--B \x00\r\n";
        body.extend(content);
        body.extend(b"\r\n--B--\r\n");
        let (texts, uploads) = read_multipart("B", &body.into());
        assert_eq!(texts, [("caption".to_owned(), "line\r\nline".to_owned())]);
        let upload = Upload { part: "f".into(), name: "а\"b.ics".into(), bytes: Bytes::from_static(content) };
        assert_eq!(uploads, [upload]);
    }
}
