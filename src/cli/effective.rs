//! `bklint show` and `bklint route`: what a file comes to.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::Answer;
use super::args::{Color, Deployment};
use super::check::read_stdin;
use super::look::Look;
use crate::config::find::{Configs, Lookup};
use crate::levels::Levels;
use crate::render;
use crate::route::Route;
use crate::session::Session;
use crate::show::Show;
use crate::source::{MAX_FILE, Source};
use crate::world::World;

/// What `bklint show` is asked.
#[derive(Args, Debug)]
pub struct ShowArgs {
    /// The file, or - for standard input
    pub file: PathBuf,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Form,
    #[command(flatten)]
    pub deployment: Deployment,
}

/// What `bklint route` is asked.
#[derive(Args, Debug)]
pub struct RouteArgs {
    /// The image, as a Dockerfile names it
    pub image: String,
    /// The file, or - for standard input
    pub file: PathBuf,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Form,
    #[command(flatten)]
    pub deployment: Deployment,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Form {
    Human,
    Json,
}

/// Prints what buildkitd runs with.
pub fn show(args: ShowArgs, world: &dyn World, stdin: &mut dyn Read) -> Result<Answer, String> {
    let source = read(&args.file, world, stdin)?;
    let (session, notices) = session(args.deployment, world)?;
    let width = || Look::new(Color::Never, false, world).style(true).width;
    let name = source.name().to_owned();
    let shown = Show::of(&session, source).map(|show| match args.format {
        Form::Human => render::show::human(&show, width()),
        Form::Json => format!("{:#}\n", show.json()),
    });
    answer(shown, &name, &notices)
}

/// Prints where buildkitd looks for an image; the exit code is 1 if it looks nowhere.
pub fn route(args: RouteArgs, world: &dyn World, stdin: &mut dyn Read) -> Result<Answer, String> {
    let source = read(&args.file, world, stdin)?;
    let (session, notices) = session(args.deployment, world)?;
    let width = || Look::new(Color::Never, false, world).style(true).width;
    let route = Route::follow(&session, &source, &args.image);
    let nowhere = route.as_ref().is_some_and(|route| route.error.is_some());
    let shown = route.map(|route| match args.format {
        Form::Human => render::route::human(&route, source.name(), width()),
        Form::Json => format!("{:#}\n", route.json()),
    });
    let mut answer = answer(shown, source.name(), &notices)?;
    answer.code = u8::from(nowhere);
    Ok(answer)
}

fn read(file: &Path, world: &dyn World, stdin: &mut dyn Read) -> Result<Source, String> {
    let name = file.display().to_string();
    let bytes = if name == "-" { read_stdin(stdin) } else { world.read(file, MAX_FILE) };
    Ok(Source::new(&*name, bytes.map_err(|failure| format!("{name}: {failure}"))?))
}

fn session(
    deployment: Deployment,
    world: &dyn World,
) -> Result<(Session<'_>, Vec<String>), String> {
    let (overlay, notices) = deployment.overlay()?;
    let configs = Configs::new(world, Lookup::Search, None, overlay, Levels::default())?;
    Ok((Session::configured(configs), notices))
}

/// A file that buildkitd refuses comes to nothing.
fn answer(shown: Option<String>, name: &str, notices: &[String]) -> Result<Answer, String> {
    let text = shown
        .ok_or_else(|| format!("{name}: buildkitd refuses the file; `bklint {name}` says why"))?;
    let mut answer = Answer::print(text);
    for notice in notices {
        answer.say(notice);
    }
    Ok(answer)
}
