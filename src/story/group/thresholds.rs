//! Every window, threshold and weight of the grouping, with its reason.

/// What decides whether two articles tell one story. The defaults are what the program runs with.
#[derive(Clone, Debug)]
pub struct Thresholds {
    pub window_hours: i64,
    pub most_articles: usize,
    pub lead_chars: usize,
    pub shingles: usize,
    pub title_weight: f32,
    pub first_weight: f32,
    pub tail_weight: f32,
    pub name_weight: f32,
    pub number_weight: f32,
    pub date_weight: f32,
    pub term_weight: f32,
    pub concept_weight: f32,
    pub prior: f32,
    pub join: f32,
    pub join_across: f32,
    pub nearest: f32,
    pub w_all: f32,
    pub w_names: f32,
    pub w_numbers: f32,
    pub w_words: f32,
    pub w_head: f32,
    pub day_penalty: f32,
    pub day_gap: i32,
    pub idf_pow: f32,
    pub tf_pow: f32,
    pub small: f32,
    pub members: usize,
    pub common: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            window_hours: 72,
            most_articles: 100_000,
            lead_chars: 2200,
            shingles: 48,
            title_weight: 1.6,
            first_weight: 1.0,
            tail_weight: 0.6,
            name_weight: 2.0,
            number_weight: 1.5,
            date_weight: 1.5,
            term_weight: 1.0,
            concept_weight: 1.0,
            prior: 1000.0,
            join: 0.2,
            join_across: 0.3,
            nearest: 0.5,
            w_all: 1.0,
            w_names: 0.0,
            w_numbers: 0.0,
            w_words: 0.0,
            w_head: 0.0,
            day_penalty: 1.0,
            day_gap: 10,
            idf_pow: 1.0,
            tf_pow: 0.5,
            small: 0.0,
            members: 16,
            common: 0.0,
        }
    }
}
