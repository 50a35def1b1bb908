//! Which files to look at, and why.

use std::path::{Path, PathBuf};

use crate::config::find::Configs;
use crate::glob::Glob;
use crate::hash::HashSet;
use crate::order::Order;
use crate::settings::{Settings, absolute, buildx_home, config_home, program_data, work_tree};
use crate::share::share;
use crate::world::{Failure, Kind, World};

/// Something to judge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// Standard input.
    Stdin,
    /// A regular file, under the name it is reported by.
    File(PathBuf),
    /// The same of what may be none: it has to be looked at again.
    Unsure(PathBuf),
}

/// What was asked for, and what came of it.
#[derive(Debug, Default)]
pub struct Found {
    /// In the order they were named; what a folder holds is sorted. No file comes twice.
    pub inputs: Vec<Input>,
    /// What was taken without having been named, and why.
    pub notices: Vec<String>,
    /// What could not be found.
    pub errors: Vec<String>,
    /// What a `bklint.toml` excludes.
    pub excluded: Vec<PathBuf>,
}

/// Folders that hold other people's files.
const FOREIGN: [&str; 3] = [".git", "node_modules", "target"];

/// Looks for the files that paths, globs and folders name. Without any: those of the work tree,
/// or, elsewhere or if `system` is set, those that buildkitd and buildx read on this machine.
///
/// `include` and `exclude` of a `bklint.toml` are about what folders hold; with `force`, `exclude`
/// is about what is named as well.
#[must_use]
pub fn discover(paths: &[PathBuf], system: bool, force: bool, configs: &Configs<'_>) -> Found {
    let mut search = Search { found: Found::default(), files: HashSet::default(), configs, force };
    let world = configs.world();
    let kinds =
        share(paths, 128, world, |paths| paths.iter().map(|path| world.kind(path)).collect());
    for (path, kind) in paths.iter().zip(kinds) {
        search.named(path, kind);
    }
    if paths.is_empty() || system {
        let cwd = world.cwd().unwrap_or(Path::new(""));
        match work_tree(cwd, world).filter(|_| !system) {
            Some(root) => search.tree(&root, cwd),
            None => search.system(configs.base()),
        }
    }
    search.found
}

struct Search<'a> {
    found: Found,
    /// The files among them: `contains` of a list would take long for many.
    files: HashSet<PathBuf>,
    configs: &'a Configs<'a>,
    force: bool,
}

/// Whether a file of this name is likely to be one of buildkitd's.
#[must_use]
pub fn is_config_name(name: &str) -> bool {
    let stem = name.strip_suffix(".toml");
    stem.is_some_and(|stem| {
        stem.contains("buildkitd") || stem.trim_start_matches('.') == "buildkit"
    })
}

impl Search<'_> {
    fn add(&mut self, input: Input) {
        let new = match &input {
            Input::File(path) | Input::Unsure(path) if self.force && self.is_excluded(path) => {
                return self.found.excluded.push(path.clone());
            }
            Input::File(path) | Input::Unsure(path) => self.files.insert(path.clone()),
            Input::Stdin => !self.found.inputs.contains(&input),
        };
        if new {
            self.found.inputs.push(input);
        }
    }

    fn named(&mut self, path: &Path, kind: Result<Kind, Failure>) {
        if path.as_os_str() == "-" {
            return self.add(Input::Stdin);
        }
        match kind {
            Ok(Kind::Folder) => self.folder(path),
            Ok(Kind::File) => self.add(Input::File(path.to_owned())),
            Ok(Kind::Other) => self.add(Input::Unsure(path.to_owned())),
            Err(Failure::Missing) => match path.to_str().filter(|text| is_glob(text)) {
                Some(pattern) => self.glob(pattern),
                None => self.found.errors.push(format!("{}: {}", path.display(), Failure::Missing)),
            },
            Err(failure) => self.found.errors.push(format!("{}: {failure}", path.display())),
        }
    }

    fn folder(&mut self, path: &Path) {
        let world = self.configs.world();
        let root = absolute(path, world);
        let files = self.walk(&root).into_iter();
        // `./x` is `x` to everyone.
        let named = path.strip_prefix(".").unwrap_or(path);
        let files = files.filter_map(|file| Some(named.join(file.strip_prefix(&root).ok()?)));
        self.take(files.collect(), Input::File, &format!("in `{}`", path.display()));
    }

    fn tree(&mut self, root: &Path, cwd: &Path) {
        let files = self.walk(root).into_iter();
        let files = files.map(|file| file.strip_prefix(cwd).map(Path::to_owned).unwrap_or(file));
        self.take(files.collect(), Input::File, &format!("in the work tree `{}`", root.display()));
    }

    fn system(&mut self, settings: &Settings) {
        let world = self.configs.world();
        let etc = Path::new("etc/buildkit/buildkitd.toml");
        let candidates = match &settings.root {
            Some(root) => vec![root.join(etc)],
            None => {
                let user = config_home(world).map(|home| home.join("buildkit/buildkitd.toml"));
                let buildx = buildx_home(world).map(|home| home.join("buildkitd.default.toml"));
                let system = match program_data(world) {
                    Some(folder) => folder.join("buildkitd/buildkitd.toml"),
                    None => Path::new("/").join(etc),
                };
                [Some(system), user, buildx].into_iter().flatten().collect()
            }
        };
        let known: Vec<_> = candidates.iter().map(|path| path.display().to_string()).collect();
        let there = |path: &PathBuf| world.kind(path) != Err(Failure::Missing);
        let files = candidates.into_iter().filter(there).collect();
        self.take(
            files,
            Input::Unsure,
            &format!("among those that buildkitd and buildx read ({})", known.join(", ")),
        );
    }

    /// Takes files that nobody named one by one, and says so.
    fn take(&mut self, files: Vec<PathBuf>, input: fn(PathBuf) -> Input, place: &str) {
        let names: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
        self.found.notices.push(match &*names {
            [] => format!("found no buildkitd.toml {place}"),
            [one] => format!("checking {one}, found {place}"),
            [one, two] => format!("checking {one} and {two}, found {place}"),
            [one, rest @ ..] => {
                format!("checking {one} and {} more files, found {place}", rest.len())
            }
        });
        for file in files {
            self.add(input(file));
        }
    }

    fn glob(&mut self, pattern: &str) {
        let world = self.configs.world();
        let (base, rest) = match pattern.strip_prefix('/') {
            Some(rest) => (Path::new("/"), rest),
            None => (Path::new(""), pattern),
        };
        let mut files = Vec::new();
        let mut parts: Vec<_> = rest.split('/').filter(|part| !part.is_empty()).collect();
        // Each further one would lead through all folders anew.
        parts.dedup_by(|b, a| *a == "**" && *b == "**");
        if parts.iter().any(|part| Glob::new(part, false).is_none()) {
            return self.found.errors.push(format!("{pattern}: a bracket is not closed"));
        }
        expand(base, &parts, world, &mut files);
        if files.is_empty() {
            self.found.errors.push(format!("{pattern}: no file matches"));
        }
        files.order();
        for file in files {
            self.add(Input::File(file));
        }
    }

    /// The configurations below a folder, sorted. Links to folders are not followed, so the walk
    /// ends; what git ignores is passed over.
    fn walk(&mut self, root: &Path) -> Vec<PathBuf> {
        let world = self.configs.world();
        let mut files = Vec::new();
        let mut folders = vec![(root.to_owned(), Ignores::above(root, world))];
        while let Some((folder, ignores)) = folders.pop() {
            let entries = match world.list(&folder) {
                Ok(entries) => entries,
                Err(failure) => {
                    // A folder that cannot be opened must not pass for one that is empty.
                    self.found
                        .notices
                        .push(format!("{}: {failure}, passed over", folder.display()));
                    continue;
                }
            };
            let own = entries.iter().any(|entry| entry.name == ".gitignore");
            let ignores = if own { ignores.with(&folder, world) } else { ignores };
            for entry in entries {
                let path = folder.join(&entry.name);
                match entry.kind {
                    Some(Kind::Folder) => {
                        let foreign = FOREIGN.contains(&entry.text());
                        if !foreign && !ignores.covers(&path, true) {
                            folders.push((path, ignores.clone()));
                        }
                    }
                    kind if is_config_name(&entry.name.to_string_lossy())
                        || self.is_included(&path) =>
                    {
                        let file = kind.or_else(|| world.kind(&path).ok()) == Some(Kind::File);
                        if file && !ignores.covers(&path, false) {
                            let excluded = self.is_excluded(&path);
                            let list = if excluded { &mut self.found.excluded } else { &mut files };
                            list.push(path);
                        }
                    }
                    _ => {}
                }
            }
        }
        files.order();
        files
    }

    fn is_included(&self, path: &Path) -> bool {
        let path = absolute(path, self.configs.world());
        let stack = self.configs.stack(&path);
        stack.layers.iter().any(|layer| layer.any(&layer.include, &path))
    }

    fn is_excluded(&self, path: &Path) -> bool {
        let path = absolute(path, self.configs.world());
        let stack = self.configs.stack(&path);
        stack.layers.iter().any(|layer| layer.any(&layer.exclude, &path))
    }
}

fn is_glob(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

/// Follows a pattern part by part, so that only folders it can lead to are opened.
fn expand(base: &Path, parts: &[&str], world: &dyn World, files: &mut Vec<PathBuf>) {
    let Some((part, rest)) = parts.split_first() else {
        if world.kind(base) == Ok(Kind::File) {
            files.push(base.to_owned());
        }
        return;
    };
    if !is_glob(part) {
        return expand(&base.join(part), rest, world, files);
    }
    let deep = *part == "**";
    if deep {
        expand(base, rest, world, files);
    }
    let Some(glob) = Glob::new(part, false) else { return };
    let here = if base.as_os_str().is_empty() { Path::new(".") } else { base };
    for entry in world.list(here).unwrap_or_default() {
        let path = base.join(&entry.name);
        if deep {
            if entry.kind == Some(Kind::Folder) && !FOREIGN.contains(&entry.text()) {
                expand(&path, parts, world, files);
            }
        } else if glob.matches(Path::new(&entry.name)) {
            expand(&path, rest, world, files);
        }
    }
}

/// Whether git ignores a file, which lies at that absolute path; none outside a work tree.
pub(crate) fn is_ignored(path: &Path, world: &dyn World) -> Option<bool> {
    let folder = path.parent()?;
    let top = work_tree(folder, world)?;
    let ignores = Ignores::above(folder, world).with(folder, world);
    // What lies in an ignored folder is ignored with it.
    let mut above = folder.ancestors().take_while(|folder| **folder != top);
    Some(ignores.covers(path, false) || above.any(|folder| ignores.covers(folder, true)))
}

/// What git ignores: the `.gitignore` of each folder down to the one at hand, nearest last.
#[derive(Clone, Default)]
struct Ignores(Vec<std::rc::Rc<Vec<Ignore>>>);

impl Ignores {
    /// What holds for a folder from above; nothing outside a work tree.
    fn above(folder: &Path, world: &dyn World) -> Self {
        let Some(top) = work_tree(folder, world) else { return Self::default() };
        let mut ignores = Self::default();
        ignores.read(&top, ".git/info/exclude", world);
        let mut above: Vec<_> = folder.ancestors().skip(1).collect();
        above.retain(|path| path.starts_with(&top));
        for path in above.into_iter().rev() {
            ignores.read(path, ".gitignore", world);
        }
        ignores
    }

    fn with(mut self, folder: &Path, world: &dyn World) -> Self {
        self.read(folder, ".gitignore", world);
        self
    }

    fn read(&mut self, folder: &Path, name: &str, world: &dyn World) {
        // Like git, bklint goes on without one it cannot read.
        let Ok(bytes) = world.read(&folder.join(name), 1 << 20) else { return };
        let text = String::from_utf8_lossy(&bytes);
        let lines = text.lines().filter_map(|line| Ignore::parse(folder, line));
        self.0.push(std::rc::Rc::new(lines.collect()));
    }

    fn covers(&self, path: &Path, folder: bool) -> bool {
        let mut lines = self.0.iter().rev().flat_map(|lines| lines.iter().rev());
        lines.find(|ignore| ignore.matches(path, folder)).is_some_and(|ignore| !ignore.negated)
    }
}

/// A line of a `.gitignore`.
struct Ignore {
    base: PathBuf,
    glob: Glob,
    negated: bool,
    folders_only: bool,
    /// Matched against the whole path below `base` and not the name alone.
    anchored: bool,
}

impl Ignore {
    fn parse(base: &Path, line: &str) -> Option<Self> {
        let line = line.trim_end();
        let (negated, line) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let (folders_only, line) =
            line.strip_suffix('/').map_or((false, line), |rest| (true, rest));
        let anchored = line.contains('/');
        let glob = Glob::new(line, true)?;
        Some(Self { base: base.to_owned(), glob, negated, folders_only, anchored })
    }

    fn matches(&self, path: &Path, folder: bool) -> bool {
        if self.folders_only && !folder {
            return false;
        }
        let subject = if self.anchored {
            path.strip_prefix(&self.base).ok()
        } else {
            path.file_name().map(Path::new)
        };
        subject.is_some_and(|subject| self.glob.matches(subject))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::find::Lookup;
    use crate::levels::Levels;
    use crate::settings::Overlay;
    use crate::world::Memory;

    fn world(files: &[(&str, &str)]) -> Memory {
        let files = files.iter().map(|(path, text)| (path.into(), text.as_bytes().to_vec()));
        Memory { files: files.collect(), cwd: Some("/w".into()), ..Memory::default() }
    }

    fn find(paths: &[PathBuf], world: &Memory) -> Found {
        let (overlay, levels) = (Overlay::default(), Levels::default());
        let configs = Configs::new(world, Lookup::Search, None, overlay, levels).unwrap();
        discover(paths, false, false, &configs)
    }

    fn names(paths: &[&str], world: &Memory) -> Vec<String> {
        let paths: Vec<_> = paths.iter().map(PathBuf::from).collect();
        let found = find(&paths, world);
        assert!(found.errors.is_empty(), "{:?}", found.errors);
        let names = found.inputs.iter().map(|input| match input {
            Input::Stdin => "-".to_owned(),
            Input::File(path) | Input::Unsure(path) => path.display().to_string(),
        });
        names.collect()
    }

    #[test]
    fn config_names() {
        for name in [
            "buildkitd.toml",
            ".buildkitd.toml",
            "buildkit.toml",
            ".buildkit.toml",
            "ci-buildkitd-arm.toml",
        ] {
            assert!(is_config_name(name), "{name}");
        }
        for name in ["buildkitd.toml.bak", "xbuildkit.toml", "Cargo.toml", "buildkitd"] {
            assert!(!is_config_name(name), "{name}");
        }
    }

    #[test]
    fn the_work_tree_without_what_git_ignores() {
        let world = world(&[
            ("/w/.git/HEAD", ""),
            ("/w/.git/buildkitd.toml", ""),
            (
                "/w/.gitignore",
                "# no\n/out/\n*.gen.toml\n!keep-buildkitd.gen.toml\nsub/deep/buildkit.toml\n",
            ),
            ("/w/buildkitd.toml", ""),
            ("/w/buildkitd.gen.toml", ""),
            ("/w/keep-buildkitd.gen.toml", ""),
            ("/w/out/buildkitd.toml", ""),
            ("/w/sub/out/buildkitd.toml", ""),
            ("/w/sub/deep/buildkit.toml", ""),
            ("/w/sub/.gitignore", "quiet\n"),
            ("/w/sub/quiet/buildkitd.toml", ""),
            ("/w/target/buildkitd.toml", ""),
        ]);
        let found = ["buildkitd.toml", "keep-buildkitd.gen.toml", "sub/out/buildkitd.toml"];
        assert_eq!(names(&[], &world), found);
        assert_eq!(names(&["/w/sub"], &world), ["/w/sub/out/buildkitd.toml"]);
    }

    #[test]
    fn configuration_adds_and_removes() {
        let world = world(&[
            ("/w/.git/HEAD", ""),
            ("/w/.gitignore", "ignored/\n"),
            ("/w/bklint.toml", "include = [\"ci/*.toml\"]\nexclude = [\"fixtures/**\"]\n"),
            ("/w/ci/arm.toml", ""),
            ("/w/ci/deep/arm.toml", ""),
            ("/w/fixtures/buildkitd.toml", ""),
            ("/w/ignored/buildkitd.toml", ""),
            ("/w/sub/bklint.toml", "exclude = [\"buildkitd.toml\"]\n"),
            ("/w/sub/buildkitd.toml", ""),
            ("/w/sub/x.buildkitd.toml", ""),
        ]);
        assert_eq!(names(&[], &world), ["ci/arm.toml", "sub/x.buildkitd.toml"]);
        let named = ["/w/fixtures/buildkitd.toml"];
        assert_eq!(names(&named, &world), named);
        let (overlay, levels) = (Overlay::default(), Levels::default());
        let configs = Configs::new(&world, Lookup::Search, None, overlay, levels).unwrap();
        let found = discover(&named.map(PathBuf::from), false, true, &configs);
        assert!(found.inputs.is_empty() && found.errors.is_empty());
        assert_eq!(found.excluded, named.map(PathBuf::from));
    }

    #[test]
    fn the_system_outside_a_work_tree() {
        let mut world = world(&[
            ("/etc/buildkit/buildkitd.toml", ""),
            ("/home/x/.docker/buildx/buildkitd.default.toml", ""),
        ]);
        world.env.insert("HOME".into(), "/home/x".into());
        let found =
            ["/etc/buildkit/buildkitd.toml", "/home/x/.docker/buildx/buildkitd.default.toml"];
        assert_eq!(names(&[], &world), found);
    }

    #[test]
    fn globs_stay_within_a_folder() {
        let world = world(&[
            ("/w/a.toml", ""),
            ("/w/b.toml", ""),
            ("/w/s/c.toml", ""),
            ("/w/s/t/d.toml", ""),
        ]);
        assert_eq!(names(&["/w/*.toml"], &world), ["/w/a.toml", "/w/b.toml"]);
        assert_eq!(
            names(&["/w/s/**/*.toml", "/w/s/c.toml"], &world),
            ["/w/s/c.toml", "/w/s/t/d.toml"]
        );
        assert_eq!(names(&["-", "/w/?.toml", "-"], &world), ["-", "/w/a.toml", "/w/b.toml"]);
    }

    #[test]
    fn what_is_not_there() {
        let world = world(&[("/w/empty/x", "")]);
        let find = |path: &str| find(&[path.into()], &world);
        assert_eq!(find("nosuch.toml").errors, ["nosuch.toml: no such file"]);
        assert_eq!(find("/w/*.toml").errors, ["/w/*.toml: no file matches"]);
        assert_eq!(find("/w/[").errors.len(), 1);
        let empty = find("/w/empty");
        assert!(empty.errors.is_empty() && empty.inputs.is_empty());
        assert_eq!(empty.notices, ["found no buildkitd.toml in `/w/empty`"]);
    }
}
