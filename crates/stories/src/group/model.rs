//! The pair model: the log-odds that two articles report one event.
//!
//! `data/pair_model.tsv` has the weights, which `just train` fits; it says on which sets and with which figures.

use std::fmt::Write;
use std::sync::{Arc, LazyLock};

use ceasewire_text::languages::lines;

/// The weights of the built-in model.
static BUILT_IN: LazyLock<Arc<PairModel>> =
    LazyLock::new(|| Arc::new(PairModel::parse(include_str!("../../data/pair_model.tsv"))));

/// The pairs that the model weighs apart from each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairKind {
    /// Two articles in one language with their times.
    Timed,
    /// Two articles in one language, of which one has no time.
    Untimed,
    /// Two articles in two languages.
    Across,
    /// Two articles in one language with their times and their vectors.
    EncodedTimed,
    /// Two articles in two languages with their vectors.
    EncodedAcross,
}

impl PairKind {
    /// All kinds, in the order of the columns of the model's file.
    pub const ALL: [Self; 5] = [Self::Timed, Self::Untimed, Self::Across, Self::EncodedTimed, Self::EncodedAcross];

    /// Whether the two articles are in two languages.
    pub fn is_across(self) -> bool {
        matches!(self, Self::Across | Self::EncodedAcross)
    }

    /// Whether the nearness of the two articles is known.
    pub fn is_encoded(self) -> bool {
        matches!(self, Self::EncodedTimed | Self::EncodedAcross)
    }
}

macro_rules! features {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// The features of a pair of articles. Shares and cosines run from 0 to 1.
        #[derive(Clone, Copy, Debug, Default, PartialEq)]
        pub struct PairFeatures {
            $($(#[$doc])* pub $name: f32,)*
        }

        impl PairFeatures {
            /// The names of the features.
            pub const NAMES: [&str; FEATURES] = [$(stringify!($name)),*];

            /// The features in the order of [`Self::NAMES`].
            pub fn values(&self) -> [f32; FEATURES] {
                [$(self.$name),*]
            }
        }
    };
}

/// The number of features.
pub const FEATURES: usize = 29;

features! {
    /// Constant term.
    bias,
    /// Root of the cosine of all terms.
    cosine_root,
    /// Share of a title that the other article contains: of the title with the greater share, and of the other one.
    title_found,
    /// See [`title_found`](Self::title_found).
    titles_found,
    /// Cosine of the titles' runs of four letters: it sees through endings and compounds.
    title_grams,
    /// Sum of the rarities of the five rarest shared terms.
    rarest_shared,
    /// Sum of the rarities of the titles' names that the other article contains.
    title_names_known,
    /// Sum of the rarities of the titles' names that the other article does not contain.
    title_names_unknown,
    /// Both titles have numbers, and none in common.
    title_numbers_clash,
    /// The titles have a number in common.
    title_numbers_agree,
    /// Days between the two, at most three.
    days,
    /// Logarithm of the hours between the two.
    log_hours,
    /// One outlet seldom reports an event twice.
    same_outlet,
    /// Both texts are shorter than some 25 words.
    short_texts,
    /// One text is shorter than some 12 words, or there is none.
    bare_title,
    /// Both titles name places of the profile, and none in common.
    elsewhere,
    /// The latest years of both are equal.
    same_year,
    /// Both have a year, and the latest ones differ.
    other_year,
    /// Both give a day of report, and the days are at most two apart.
    same_day,
    /// Both give a day of report, and the days are further apart.
    other_day,
    /// Logarithm of the number of things with equal counts.
    counts_agree,
    /// Logarithm of the number of things with different counts.
    counts_clash,
    /// Share of the names of one article that the other contains: the greater share, and the lesser one.
    names_found,
    /// See [`names_found`](Self::names_found).
    names_least,
    /// The same of numbers and days.
    numbers_found,
    /// See [`numbers_found`](Self::numbers_found).
    numbers_least,
    /// Terms in common that are no names, at most six of them, as a share of six.
    terms_shared,
    /// Cosine of the two vectors; 0 where one article has none.
    nearness,
    /// Mean nearness of both to the articles of the window: those of a stream about strikes are all near each other.
    nearness_usual,
}

/// Weights of a kind of pairs.
#[derive(Clone, Copy, Debug)]
pub struct PairWeights {
    /// Log-odds above which the article joins the story.
    pub join: f32,
    /// One weight per feature.
    pub weights: [f32; FEATURES],
}

/// A model of all kinds of pairs.
#[derive(Clone, Debug)]
pub struct PairModel {
    /// By the order of [`PairKind::ALL`].
    pub kinds: [PairWeights; PairKind::ALL.len()],
}

impl PairModel {
    /// The weights of the program.
    pub fn built_in() -> Arc<Self> {
        Arc::clone(&BUILT_IN)
    }

    /// Parses the file: a line a feature, with a weight per kind of pair. A feature without a line weighs nothing, and
    /// pairs of a kind without a threshold never join.
    pub fn parse(file: &str) -> Self {
        let mut kinds = [PairWeights { join: f32::INFINITY, weights: [0.0; FEATURES] }; PairKind::ALL.len()];
        for line in lines(file) {
            let mut fields = line.split('\t');
            let name = fields.next().unwrap_or_default();
            let weights = fields.filter_map(|field| field.parse::<f32>().ok());
            for (kind, weight) in kinds.iter_mut().zip(weights) {
                match PairFeatures::NAMES.iter().position(|known| *known == name) {
                    Some(place) => kind.weights[place] = weight,
                    None => kind.join = weight,
                }
            }
        }
        Self { kinds }
    }

    /// Writes the lines of the file.
    pub fn to_file(&self) -> String {
        let mut file = String::new();
        let mut line = |name: &str, weight: &dyn Fn(&PairWeights) -> f32| {
            let weights: Vec<String> = self.kinds.iter().map(|kind| format!("{:.4}", weight(kind))).collect();
            let _ = writeln!(file, "{name}\t{}", weights.join("\t"));
        };
        line("join", &|kind| kind.join);
        for (place, name) in PairFeatures::NAMES.iter().enumerate() {
            line(name, &|kind| kind.weights[place]);
        }
        file
    }

    /// The weights of a kind of pairs. A model that was fitted without vectors weighs pairs with vectors as it weighs
    /// those without.
    pub(super) fn of(&self, kind: PairKind) -> &PairWeights {
        let own = &self.kinds[kind as usize];
        match kind {
            PairKind::EncodedTimed if own.join.is_infinite() => &self.kinds[PairKind::Timed as usize],
            PairKind::EncodedAcross if own.join.is_infinite() => &self.kinds[PairKind::Across as usize],
            _ => own,
        }
    }
}

impl PairWeights {
    /// The log-odds that two articles report one event.
    pub fn log_odds(&self, features: &PairFeatures) -> f32 {
        features.values().iter().zip(&self.weights).map(|(value, weight)| value * weight).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_s_file_has_a_weight_for_each_feature_and_kind() {
        let file = include_str!("../../data/pair_model.tsv");
        let names: Vec<&str> = lines(file).filter_map(|line| line.split('\t').next()).collect();
        assert_eq!(names, std::iter::once("join").chain(PairFeatures::NAMES).collect::<Vec<_>>());
        let model = PairModel::parse(file);
        assert!(model.kinds.iter().all(|kind| kind.join.is_finite() && kind.weights[0] != 0.0));
        assert_eq!(PairModel::parse(&model.to_file()).to_file(), model.to_file());
    }
}
