//! Colours and width.

use super::args::Color;
use crate::render::Style;
use crate::world::World;

/// How text for people looks on this terminal.
pub struct Look {
    color: bool,
    terminal: Option<usize>,
    columns: Option<usize>,
    verbose: bool,
}

impl Look {
    /// From `--color`, the environment and the terminal.
    pub fn new(color: Color, verbose: bool, world: &dyn World) -> Self {
        // An empty variable counts as none, which is how NO_COLOR wants to be read.
        let set = |name| world.env(name).filter(|value| !value.is_empty());
        let terminal = world.columns();
        let color = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if set("NO_COLOR").is_some() => false,
            Color::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
            Color::Auto => terminal.is_some() && set("TERM").is_none_or(|term| term != "dumb"),
        };
        let columns = world.env("COLUMNS").and_then(|columns| columns.parse().ok());
        Self { color, terminal, columns, verbose }
    }

    /// The columns there are, if anybody counts them.
    pub fn width(&self) -> Option<usize> {
        self.terminal.or(self.columns).filter(|width| *width > 0)
    }

    /// A file gets neither colours nor the terminal's width.
    pub fn style(&self, terminal: bool) -> Style {
        let width = self.width().filter(|_| terminal);
        Style {
            color: self.color && terminal,
            width: width.unwrap_or(80),
            verbose: self.verbose,
            links: self.color && terminal && self.terminal.is_some(),
        }
    }
}
