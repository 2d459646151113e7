//! Articles with vectors.

use super::*;
use ceasewire_model::Vector;

/// Reports of one strike, each with its language.
const REPORTS: [(&str, &str); 3] = [
    ("en", "Two killed as rocket hits market in Ganja"),
    ("ru", "При попадании снаряда в рынок Гянджи погибли двое"),
    ("de", "Zwei Tote nach Einschlag auf dem Markt in Gandscha"),
];

/// The number of stories of the reports, each with this direction.
fn stories(directions: [[f32; 3]; 3]) -> usize {
    let mut grouper = Grouper::new(vocabulary());
    let mut stories = std::collections::HashSet::new();
    for ((language, title), direction) in REPORTS.into_iter().zip(directions) {
        let article = ArticleRef { language: Some(language), ..article(language, title, "") };
        let sketch = grouper.sketch(&article).with_vector(Some(Vector::from_floats(&direction)));
        let story = grouper.choose(&sketch).unwrap_or_else(StoryId::new);
        grouper.insert(sketch, story);
        stories.insert(story);
    }
    stories.len()
}

#[test]
fn reports_in_three_languages_join_where_their_vectors_are_near() {
    assert_eq!(stories([[1.0, 0.1, 0.0], [1.0, 0.0, 0.1], [1.0, 0.0, 0.0]]), 1);
}

#[test]
fn reports_in_other_languages_stay_apart_where_vectors_are_far() {
    assert_eq!(stories([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]), 3);
}

#[test]
fn vectors_of_two_models_are_not_compared() {
    let mut grouper = Grouper::new(vocabulary());
    let one = grouper.sketch(&article("a", REPORTS[0].1, "")).with_vector(Some(Vector::from_floats(&[1.0, 0.0])));
    grouper.insert(one, StoryId::new());
    let other =
        grouper.sketch(&article("b", REPORTS[2].1, "")).with_vector(Some(Vector::from_floats(&[1.0, 0.0, 0.0])));
    assert_eq!(grouper.choose(&other), None);
}
