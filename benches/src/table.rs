//! Tables in Markdown, their columns aligned.

pub struct Table {
    title: String,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new<'a>(title: &str, columns: impl IntoIterator<Item = &'a str>) -> Self {
        let head = [""].into_iter().chain(columns);
        Table {
            title: title.to_owned(),
            rows: vec![head.map(str::to_owned).collect()],
        }
    }

    pub fn row(&mut self, name: &str, cells: impl IntoIterator<Item = String>) {
        let cells = [name.to_owned()].into_iter().chain(cells);
        self.rows.push(cells.collect());
    }

    pub fn print(&self) {
        let width = |at: usize| self.rows.iter().map(|row| row[at].chars().count()).max();
        let widths: Vec<_> = (0..self.rows[0].len()).filter_map(width).collect();
        println!("\n### {}\n", self.title);
        for (number, row) in self.rows.iter().enumerate() {
            let cells = row.iter().zip(&widths).enumerate();
            let line = cells.map(|(at, (cell, &width))| match at {
                0 => format!("{cell:width$}"),
                _ => format!("{cell:>width$}"),
            });
            println!("| {} |", line.collect::<Vec<_>>().join(" | "));
            if number == 0 {
                let rule = widths.iter().enumerate();
                let rule = rule.map(|(at, &width)| match at {
                    0 => "-".repeat(width),
                    _ => "-".repeat(width - 1) + ":",
                });
                println!("| {} |", rule.collect::<Vec<_>>().join(" | "));
            }
        }
    }
}

/// A cell, and its ratio to the first row's.
pub fn beside(value: Option<f64>, floor: Option<f64>) -> String {
    match (value, floor) {
        (Some(value), Some(floor)) => format!("{value} ({:.2})", value / floor),
        (Some(value), None) => value.to_string(),
        (None, _) => "–".to_owned(),
    }
}
