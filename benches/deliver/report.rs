//! Figures in rows, a column a run.

/// A run's figures, each with its name.
#[derive(Clone, Debug, Default)]
pub struct Column {
    name: String,
    rows: Vec<(&'static str, String)>,
}

impl Column {
    /// Begins a column.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), rows: Vec::new() }
    }

    /// Adds a figure.
    pub fn row(&mut self, name: &'static str, figure: impl ToString) {
        self.rows.push((name, figure.to_string()));
    }

    /// Adds a figure with two decimals.
    pub fn number(&mut self, name: &'static str, figure: f64) {
        self.row(name, format!("{figure:.2}"));
    }
}

/// Prints columns side by side; missing figures stay empty.
pub fn print(title: &str, columns: &[Column]) {
    println!("{title}\n");
    let mut names: Vec<&'static str> = Vec::new();
    for (name, _) in columns.iter().flat_map(|column| &column.rows) {
        if !names.contains(name) {
            names.push(name);
        }
    }
    let first = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    let line = |name: &str, cells: Vec<&str>| {
        let cells: String = cells.iter().map(|cell| format!("{cell:>18}")).collect();
        println!("{}", format!("{name:<first$}{cells}").trim_end());
    };
    line("", columns.iter().map(|column| column.name.as_str()).collect());
    for name in names {
        let cell = |column: &Column| column.rows.iter().position(|(own, _)| *own == name);
        line(name, columns.iter().map(|column| cell(column).map_or("", |at| column.rows[at].1.as_str())).collect());
    }
    println!();
}
