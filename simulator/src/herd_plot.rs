//! The herd as curves: how time and work grow with the clients.

use crate::axis::{Axis, grouped};
use crate::herd::{Cell, Strategy};
use crate::svg::{Anchor, Svg, apart};

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 430.0;
const TOP: f64 = 84.0;
const FLOOR: f64 = 370.0;

/// Draws the cells of several numbers of clients.
pub fn herd_plot(herds: &[(u32, Strategy, Cell)]) -> String {
    let mut svg = Svg::new(
        WIDTH,
        HEIGHT,
        "Time and writes of a herd, for each wait strategy",
    );
    let title = "Clients that all update one row at once";
    svg.text("title ink", (20.0, 30.0), Anchor::Start, title);
    let time = Graph {
        left: 70.0,
        right: 370.0,
        caption: "time until all are done, seconds",
        measure: |cell| cell.time.mean() / 1e3,
        logarithmic: true,
    };
    let writes = Graph {
        left: 550.0,
        right: 850.0,
        caption: "writes of all clients",
        measure: |cell| cell.writes.mean(),
        logarithmic: false,
    };
    time.draw(&mut svg, herds);
    writes.draw(&mut svg, herds);
    svg.finish()
}

struct Graph {
    left: f64,
    right: f64,
    caption: &'static str,
    measure: fn(&Cell) -> f64,
    logarithmic: bool,
}

impl Graph {
    fn draw(&self, svg: &mut Svg, herds: &[(u32, Strategy, Cell)]) {
        let most_clients = herds
            .iter()
            .map(|(clients, ..)| *clients)
            .max()
            .unwrap_or(1);
        let clients = Axis::new((0.0, f64::from(most_clients)), (self.left, self.right));
        let measure = self.scale(herds);
        svg.text("ink", (self.left, TOP - 16.0), Anchor::Start, self.caption);
        for tick in measure.ticks(5) {
            let y = measure.at(tick);
            svg.line("grid", (self.left, y), (self.right, y));
            let label = if tick < 1.0 {
                tick.to_string()
            } else {
                grouped(tick)
            };
            svg.text(
                "quiet small",
                (self.left - 8.0, y + 4.0),
                Anchor::End,
                label,
            );
        }
        for tick in clients.ticks(5) {
            svg.text(
                "quiet small",
                (clients.at(tick), FLOOR + 18.0),
                Anchor::Middle,
                tick,
            );
        }
        let middle = (self.left + self.right) / 2.0;
        svg.text("quiet", (middle, FLOOR + 40.0), Anchor::Middle, "clients");
        let curves = Strategy::ALL.map(|strategy| self.curve(herds, strategy, &clients, &measure));
        let ends: Vec<f64> = curves
            .iter()
            .filter_map(|curve| curve.last())
            .map(|end| end.1)
            .collect();
        for (index, (strategy, label)) in Strategy::ALL
            .into_iter()
            .zip(apart(&ends, 16.0))
            .enumerate()
        {
            svg.curve(&format!("line s{index}"), &curves[index]);
            let at = (self.right + 8.0, label + 4.0);
            svg.text(&format!("t{index}"), at, Anchor::Start, strategy);
        }
    }

    fn scale(&self, herds: &[(u32, Strategy, Cell)]) -> Axis {
        let values = herds.iter().map(|(.., cell)| (self.measure)(cell));
        let (least, most) = values.fold((f64::MAX, 0.0_f64), |(a, b), v| (a.min(v), b.max(v)));
        match self.logarithmic {
            true => Axis::logarithmic((least * 0.8, most * 1.2), (FLOOR, TOP)),
            false => Axis::new((0.0, most * 1.05), (FLOOR, TOP)),
        }
    }

    fn curve(
        &self,
        herds: &[(u32, Strategy, Cell)],
        strategy: Strategy,
        clients: &Axis,
        measure: &Axis,
    ) -> Vec<(f64, f64)> {
        let own = herds.iter().filter(|(_, other, _)| *other == strategy);
        own.map(|(count, _, cell)| {
            (
                clients.at(f64::from(*count)),
                measure.at((self.measure)(cell)),
            )
        })
        .collect()
    }
}
