//! A case, and the finding that it ends with.

use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;

use crate::scene::Lab;

type CaseRun = Pin<Box<dyn Future<Output = anyhow::Result<Finding>> + Send>>;

/// One attack.
pub struct Case {
    pub name: &'static str,
    /// The attack in a few words.
    pub about: &'static str,
    /// The bound of the case; its own waits end earlier.
    pub most_secs: u64,
    pub run: Box<dyn Fn(Lab) -> CaseRun>,
}

impl Case {
    pub fn new<F>(name: &'static str, about: &'static str, most_secs: u64, run: fn(Lab) -> F) -> Self
    where
        F: Future<Output = anyhow::Result<Finding>> + Send + 'static,
    {
        Self { name, about, most_secs, run: Box::new(move |lab| Box::pin(run(lab))) }
    }
}

/// The result of an attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    Held,
    Fell,
    /// The program has no means that the case asks of it.
    Missing,
    /// This machine cannot run the case.
    Skipped,
    /// The case itself failed.
    Error,
}

impl Ruling {
    pub const ALL: [Self; 5] = [Self::Held, Self::Fell, Self::Missing, Self::Skipped, Self::Error];

    pub fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Fell => "FELL",
            Self::Missing => "n/a",
            Self::Skipped => "skipped",
            Self::Error => "ERROR",
        }
    }
}

/// The ruling of a case with its faults and figures.
#[derive(Clone, Debug)]
pub struct Finding {
    pub ruling: Ruling,
    /// The reasons of a fall.
    pub faults: Vec<String>,
    figures: Vec<(&'static str, String)>,
}

impl Finding {
    /// Begins a finding that holds until a fault is found.
    pub fn new() -> Self {
        Self { ruling: Ruling::Held, faults: Vec::new(), figures: Vec::new() }
    }

    pub fn missing(means: &str) -> Self {
        Self { ruling: Ruling::Missing, faults: vec![means.to_owned()], figures: Vec::new() }
    }

    pub fn skipped(reason: &str) -> Self {
        Self { ruling: Ruling::Skipped, faults: vec![reason.to_owned()], figures: Vec::new() }
    }

    pub fn error(reason: String) -> Self {
        Self { ruling: Ruling::Error, faults: vec![reason], figures: Vec::new() }
    }

    /// Adds a figure.
    pub fn figure(&mut self, name: &'static str, figure: impl Display) {
        self.figures.push((name, figure.to_string()));
    }

    /// Adds a figure with one decimal.
    pub fn number(&mut self, name: &'static str, figure: f64) {
        self.figure(name, format!("{figure:.1}"));
    }

    /// Adds seconds of a measurement with a bound.
    pub fn secs(&mut self, name: &'static str, secs: Option<f64>, bound: f64) {
        self.figure(name, secs.map_or_else(|| format!("> {bound:.0}"), |secs| format!("{secs:.1}")));
    }

    /// Adds a fault where `fault` is true.
    pub fn fell_if(&mut self, fault: bool, reason: impl Into<String>) {
        if fault {
            self.ruling = Ruling::Fell;
            self.faults.push(reason.into());
        }
    }

    /// Writes faults and figures on one line.
    pub fn line(&self) -> String {
        let figures =
            self.figures.iter().map(|(name, figure)| format!("{name} {figure}")).collect::<Vec<_>>().join(", ");
        let parts = [self.faults.join("; "), figures];
        parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" | ").replace('\n', " ")
    }

    pub fn figures_json(&self) -> serde_json::Value {
        let figures = self.figures.iter().map(|(name, figure)| ((*name).to_owned(), figure.clone().into()));
        serde_json::Value::Object(figures.collect())
    }
}
