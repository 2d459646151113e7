//! The cost of the platform's answers and of button presses grows with their length and no faster.

use ceasewire::{bot::check_press, chat::telegram::check_answer};
use ceasewire_testkit::growth::faster_than_linear;

const BASE_BYTES: usize = 32 << 10;

/// A body of a beginning, pieces in which `@` is their number, and an end.
fn body(head: &str, piece: &str, tail: &str, bytes: usize) -> String {
    let pieces = (0..=bytes / piece.len()).map(|number| piece.replace('@', &number.to_string()));
    [head.to_owned()].into_iter().chain(pieces).chain([tail.to_owned()]).collect()
}

#[test]
fn the_cost_of_an_answer_or_a_press_grows_no_faster_than_it() {
    type Check = fn(&[u8]);
    let answer = "\0\u{8}{\"ok\":true,\"result\":";
    let update = r#"{"update_id":@,"message":{"message_id":1,"date":1,"chat":{"id":7,"type":"private"},"text":"a"}},"#;
    let pressed = r#"{"update_id":@,"callback_query":{"id":"1","from":{"id":7,"is_bot":false,"first_name":"A"},"chat_instance":"1","data":"why:@"}},"#;
    let rejected = "\0\u{8}{\"ok\":false,\"error_code\":400,\"description\":\"";
    let shapes: &[(Check, &str, &str, &str)] = &[
        (check_answer, &format!("{answer}["), update, "{}]}"),
        (check_answer, &format!("{answer}["), pressed, "{}]}"),
        (check_answer, &format!("{answer}["), r#"{"update_id":1},"#, "{}]}"),
        (check_answer, &format!("{answer}["), r#"{"update_id":@},"#, "{}]}"),
        (check_answer, &format!("{answer}["), "[", ""),
        (check_answer, &format!("{answer}{{"), r#""k@":1,"#, r#""a":1}}"#),
        (check_answer, &format!("{answer}{{"), r#""k":1,"#, r#""a":1}}"#),
        (check_answer, &format!("{answer}\""), r"\u0041", "\"}"),
        (check_answer, rejected, "Bad Request ", "\"}"),
        (check_answer, rejected, "123456:secret ", "\"}"),
        (check_answer, "\0\u{8}<html>", "<title>502 Bad Gateway", ""),
        (check_press, "add:", "a OR ", ""),
        (check_press, "back:018f0000-0000-7000-8000-000000000000:", ":", ""),
        (check_press, "on", ":", ""),
        (check_press, "", "why:", ""),
        (check_press, "why:", "0-", ""),
    ];
    let faster = shapes.iter().filter_map(|(check, head, piece, tail)| {
        let body = |bytes| body(head, piece, tail, bytes);
        faster_than_linear(&format!("{head}{piece}…"), BASE_BYTES, body, |body| check(body.as_bytes()))
    });
    let faster: Vec<String> = faster.collect();
    assert!(faster.is_empty(), "{faster:#?}");
}
