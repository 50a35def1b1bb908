//! `bklint builder`: what a builder of buildx really has.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::Answer;
use super::args::{Color, Format};
use super::look::Look;
use super::output::Printer;
use crate::args::buildx::{Create, Driver};
use crate::args::daemon::Flags;
use crate::builder::differ::differences;
use crate::builder::store::{Builder, Node, Store, list};
use crate::copier::{CONFIG, HOME};
use crate::levels::Levels;
use crate::order::tree;
use crate::release::Releases;
use crate::render::builder::{self, NodeReport, describe};
use crate::render::human::closing;
use crate::render::{Style, escape};
use crate::report::Report;
use crate::session::Session;
use crate::settings::{Deploy, Files, Settings};
use crate::source::{MAX_FILE, Source};
use crate::world::{Memory, World};

/// Which builder, and how it is printed.
#[derive(Args, Debug)]
pub struct BuilderArgs {
    /// The builder; without it, the one that buildx uses
    pub name: Option<String>,
    /// Show where it differs from this file, and exit with 1 if it does
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,
    /// The release it runs, or several: 0.17 or 0.13..0.32
    #[arg(long, value_name = "RELEASE", default_value_t)]
    pub buildkit: Releases,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Form,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// Print all notes, fixes and reasons
    #[arg(short, long)]
    pub verbose: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Form {
    Human,
    Json,
}

/// Judges the configurations of a builder's nodes, and compares them with a file.
pub fn run(args: BuilderArgs, world: &dyn World) -> Result<Answer, String> {
    let store = Store::open(world)?;
    let name = args.name.or_else(|| store.current()).ok_or_else(|| match &*store.names() {
        [] => format!("{} holds no builder", store.home().display()),
        names => format!(
            "the current builder is docker's own, which reads no buildkitd.toml; name one of {}",
            list(names)
        ),
    })?;
    let builder = store.load(&name)?;
    let against = args.against.as_deref().map(|path| read(path, world)).transpose()?;

    let mut answer = Answer::default();
    let driver = match builder.driver.as_str() {
        "docker-container" => Some(Driver::Container),
        "kubernetes" => Some(Driver::Kubernetes),
        _ => None,
    };
    let look = Look::new(args.color, args.verbose, world);
    let style = look.style(true);
    let mut nodes = Vec::new();
    let mut printed = Vec::new();
    for node in &builder.nodes {
        let world = inside(node, world);
        let settings = settings(node, driver, args.buildkit);
        for problem in Flags::parse(&node.flags).problems {
            answer.say(&format!("{}: {problem}", node.name));
        }
        let session = Session::new(settings, Levels::default(), &world);
        let mut report = Report { buildkit: args.buildkit.to_string(), ..Report::default() };
        if let Some(bytes) = node.files.get(CONFIG).filter(|_| driver.is_some()) {
            let source = Source::new(format!("{}:{HOME}/{CONFIG}", node.name), bytes.clone());
            report.files.push(session.check(source));
        }
        if report.summary().deny > 0 {
            answer.code = 1;
        }
        let format = if args.format == Form::Json { Format::Json } else { Format::Human };
        let printer = Printer { report: &report, session: &session, exit_code: answer.code };
        printed.push(printer.print(format, &style));
        nodes.push(NodeReport { node, report, differences: None });
    }

    if let Some(file) = &against {
        for node in &mut nodes {
            node.differences = differences(node.node, file.source(), world);
            match &node.differences {
                None => answer.fail(format!(
                    "{}: it or the builder's own does not load, so they are not compared",
                    file.name
                )),
                Some(all) if !all.is_empty() => answer.code = answer.code.max(1),
                Some(_) => {}
            }
        }
    }

    let home = store.home().display().to_string();
    if args.format == Form::Json {
        // Writing to a `Vec` cannot fail.
        _ = builder::json(&builder, &home, &nodes, &printed, &mut answer.stdout);
    } else {
        let file = against.as_ref().map(|file| file.name.as_str());
        human(&builder, &home, &nodes, &printed, file, &style, &mut answer);
    }
    Ok(answer)
}

fn human(
    builder: &Builder,
    home: &str,
    nodes: &[NodeReport<'_>],
    printed: &[Vec<u8>],
    file: Option<&str>,
    style: &Style,
    answer: &mut Answer,
) {
    let (name, driver) = (&builder.name, escape(&builder.driver));
    let mut out = format!("builder `{name}` of the {driver} driver, in {}\n", escape(home));
    for (node, findings) in nodes.iter().zip(printed) {
        out.push_str(&describe(node.node));
        if node.node.files.contains_key(CONFIG) {
            out.push('\n');
        } else {
            out.push_str("  no buildkitd.toml\n");
        }
        out.push_str(&String::from_utf8_lossy(findings));
        if let Some(file) = file {
            if !findings.is_empty() {
                out.push('\n');
            }
            out.push_str(&builder::differences(node, file));
        }
        answer.stderr.push_str(&closing(&node.report, style));
    }
    answer.stdout = out.into_bytes();
}

/// What a node's configuration is judged by.
fn settings(node: &Node, driver: Option<Driver>, buildkit: Releases) -> Settings {
    let deploy = driver.map(|driver| match driver {
        Driver::Container => Deploy::BuildxContainer,
        Driver::Kubernetes => Deploy::BuildxKubernetes,
    });
    let options = node.options.iter().map(|(name, value)| (name.clone(), value.clone()));
    let create = Create {
        driver,
        flags: Some(node.flags.clone()),
        options: options.collect(),
        exists: true,
    };
    Settings { deploy, buildkit, files: Files::Check, create, ..Settings::default() }
}

/// The files of a node as its container has them.
fn inside(node: &Node, world: &dyn World) -> Memory {
    let files = node.files.iter();
    let files = files.map(|(name, bytes)| (Path::new(HOME).join(name), bytes.clone()));
    Memory { files: tree(files), now: world.now(), ..Memory::default() }
}

/// A file to compare with.
struct Against {
    name: String,
    bytes: Vec<u8>,
}

impl Against {
    fn source(&self) -> Source {
        Source::new(self.name.clone(), self.bytes.clone())
    }
}

fn read(path: &Path, world: &dyn World) -> Result<Against, String> {
    let name = path.display().to_string();
    let bytes = world.read(path, MAX_FILE).map_err(|failure| format!("{name}: {failure}"))?;
    Ok(Against { name, bytes })
}
