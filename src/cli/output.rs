//! In which formats the report is printed, and where to.

use super::args::{Format, Output};
use crate::levels::Levels;
use crate::page;
use crate::render::human::human;
use crate::render::{
    RuleInfo, Style, concise, github, gitlab, json, junit, markdown, rdjson, sarif,
};
use crate::report::Report;
use crate::rules::{RULES, Rule};
use crate::session::Session;

/// What was asked for, or the human format; each place takes one format.
pub fn outputs(mut asked: Vec<Output>) -> Result<Vec<Output>, String> {
    if asked.is_empty() {
        asked.push(Output { format: Format::Human, file: None });
    }
    for (at, output) in asked.iter().enumerate() {
        if asked.iter().take(at).any(|other| other.file == output.file) {
            return Err(match &output.file {
                None => "only one format fits standard output; \
                         give the others a file, as in --format sarif=out.sarif"
                    .into(),
                Some(file) => format!("two formats are to be written to {}", file.display()),
            });
        }
    }
    Ok(asked)
}

/// Prints a report, in one format after the other.
pub struct Printer<'a> {
    /// What was found.
    pub report: &'a Report,
    /// By which settings and levels.
    pub session: &'a Session<'a>,
    /// What the process will end with.
    pub exit_code: u8,
}

impl Printer<'_> {
    /// The report in one format.
    pub fn print(&self, format: Format, style: &Style) -> Vec<u8> {
        let (report, mut out) = (self.report, Vec::new());
        // Writing to a `Vec` cannot fail.
        _ = match format {
            Format::Human => human(report, style, &mut out),
            Format::Concise => concise::concise(report, &mut out),
            Format::Json => {
                let deployment = serde_json::to_value(self.session.settings()).unwrap_or_default();
                json::json(report, &deployment, &mut out)
            }
            Format::Sarif => {
                let rules = rule_infos(self.session.levels());
                sarif::sarif(report, &rules, self.exit_code, &mut out)
            }
            Format::Github => github::github(report, &mut out),
            Format::Gitlab => gitlab::gitlab(report, &mut out),
            Format::Junit => junit::junit(report, &mut out),
            Format::Rdjson => rdjson::rdjson(report, &mut out),
            Format::Markdown => markdown::markdown(report, &mut out),
        };
        out
    }
}

/// What SARIF wants to know about all rules.
fn rule_infos(levels: &Levels) -> Vec<RuleInfo<'static>> {
    let info = |rule: &&'static Rule| {
        let front = rule.front();
        let summary = page::summary(rule.page);
        let happens = page::paragraph(rule.page, "What happens").unwrap_or_default();
        RuleInfo {
            id: rule.id,
            summary,
            description: format!("{summary} {happens}").trim_end().to_owned(),
            markdown: page::body(rule.page),
            level: front.level,
            configured: levels.decide(rule.id, front.level, false).level,
            impact: front.impact,
        }
    };
    RULES.iter().map(info).collect()
}
