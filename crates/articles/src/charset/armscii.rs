//! ARMSCII-8, the Armenian national charset, which encoding_rs leaves out.

/// Labels of the charset in headers and declarations, in lower case.
const LABELS: [&str; 4] = ["armscii-8", "armscii8", "armscii", "x-armscii-8"];

/// The characters of the bytes from A1 to B1.
const SIGNS: [char; 17] = ['֍', 'և', '։', ')', '(', '»', '«', '—', '.', '՝', ',', '-', '֊', '…', '՜', '՛', '՞'];

pub(super) fn is_label(label: &str) -> bool {
    LABELS.contains(&label)
}

/// Decodes bytes; a capital and its small letter follow each other from B2 to FD.
pub(super) fn decode(bytes: &[u8]) -> String {
    let letter = |first: char, byte: u8| char::from_u32(u32::from(first) + u32::from(byte - 0xB2) / 2);
    bytes
        .iter()
        .map(|&byte| match byte {
            0..=0x7F => char::from(byte),
            0xA0 => '\u{A0}',
            0xA1..=0xB1 => SIGNS[usize::from(byte - 0xA1)],
            0xB2..=0xFD => letter(if byte % 2 == 0 { 'Ա' } else { 'ա' }, byte).unwrap_or(char::REPLACEMENT_CHARACTER),
            0xFE => '՚',
            _ => char::REPLACEMENT_CHARACTER,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_signs_are_decoded() {
        let bytes = [0xB2, 0xF1, 0xF3, 0xCB, 0xE1, 0xF5, 0xD9, 0xA3, b' ', 0xA7, 0xDA, 0xF2, 0xA6, 0xA2, 0xFC, 0xFD];
        assert_eq!(decode(&bytes), "Արցխում։ «ՅՑ»ևՖֆ");
    }
}
