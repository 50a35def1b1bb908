//! The rules, one file each. A rule reads the model and reports places and words; it knows
//! neither levels nor output.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use crate::cert::Store;
use crate::copier::{Client, Copies};
use crate::decode::{Decoded, Fault};
use crate::deployment::Launch;
use crate::edit::Layout;
use crate::effective::Effective;
use crate::hosts::Mirrors;
use crate::model::{Table, Worker};
use crate::own::Own;
use crate::page::Front;
use crate::policy::{Params, Requirement};
use crate::report::{Finding, Impact, Level, Locality, Unchecked, Words};
use crate::settings::{Files, Settings};
use crate::source::{Source, Span};
use crate::tls::TlsFiles;
use crate::tree::Tree;
use crate::world::World;

/// Ties a rule to its page: `rule!("group", "name", check)`, with [`Check`]'s variant in front if
/// it looks at something else than a `buildkitd.toml`.
macro_rules! rule {
    ($group:literal, $name:literal, $check:expr) => {
        rule!(File, $group, $name, $check)
    };
    ($subject:ident, $group:literal, $name:literal, $check:expr) => {
        $crate::rules::Rule {
            id: concat!($group, "::", $name),
            page: include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/rules/",
                $group,
                "/",
                $name,
                ".md"
            )),
            check: $crate::rules::Check::$subject($check),
        }
    };
}

pub mod bklint;
pub mod cache;
pub mod cdi;
pub mod certificate;
pub mod daemon;
pub mod deploy;
pub mod dns;
pub mod entitlement;
pub mod frontend;
pub mod gc;
pub mod grpc;
pub mod history;
pub mod log;
pub mod mirror;
pub mod network;
pub mod otel;
pub mod parallelism;
pub mod policy;
pub mod provenance;
pub mod registry;
pub mod release;
pub mod schema;
pub mod secret;
pub mod syntax;
pub mod value;
pub mod worker;

/// All rules, sorted by id.
pub static RULES: &[&Rule] = &[
    &bklint::comment_syntax::RULE,
    &bklint::config_key::RULE,
    &bklint::config_syntax::RULE,
    &bklint::config_value::RULE,
    &bklint::expired::RULE,
    &bklint::no_reason::RULE,
    &bklint::policy_condition::RULE,
    &bklint::policy_key::RULE,
    &bklint::policy_rule::RULE,
    &bklint::preset::RULE,
    &bklint::required_version::RULE,
    &bklint::unfulfilled::RULE,
    &bklint::unknown_rule::RULE,
    &bklint::unused::RULE,
    &bklint::weakened::RULE,
    &cache::any_signer::RULE,
    &cache::literal_star::RULE,
    &cache::policy_unused::RULE,
    &cache::sign_without_verify::RULE,
    &cache::unsigned::RULE,
    &cdi::auto_allowed::RULE,
    &cdi::disabled::RULE,
    &cdi::spec_extension::RULE,
    &cdi::spec_invalid::RULE,
    &cdi::unused_beside_disabled::RULE,
    &certificate::ca_as_leaf::RULE,
    &certificate::ca_purpose::RULE,
    &certificate::ca_renewed::RULE,
    &certificate::chain_broken::RULE,
    &certificate::chain_incomplete::RULE,
    &certificate::encrypted_key::RULE,
    &certificate::expired::RULE,
    &certificate::expiring::RULE,
    &certificate::key_in_ca_file::RULE,
    &certificate::key_in_work_tree::RULE,
    &certificate::key_readable::RULE,
    &certificate::key_shared::RULE,
    &certificate::long_lived::RULE,
    &certificate::malformed::RULE,
    &certificate::malformed_key::RULE,
    &certificate::missing::RULE,
    &certificate::name_constraints::RULE,
    &certificate::no_certificate::RULE,
    &certificate::no_key::RULE,
    &certificate::no_san::RULE,
    &certificate::not_a_ca::RULE,
    &certificate::not_a_file::RULE,
    &certificate::not_pem::RULE,
    &certificate::not_yet_valid::RULE,
    &certificate::pair_incomplete::RULE,
    &certificate::pair_mismatch::RULE,
    &certificate::registry_server_pair::RULE,
    &certificate::skipped_block::RULE,
    &certificate::stray_file::RULE,
    &certificate::unreadable::RULE,
    &certificate::weak_key::RULE,
    &certificate::weak_signature::RULE,
    &certificate::wrong_address::RULE,
    &certificate::wrong_purpose::RULE,
    &daemon::root_unusable::RULE,
    &deploy::certificates_overwritten::RULE,
    &deploy::config_map::RULE,
    &deploy::entitlements_granted::RULE,
    &deploy::entitlements_replaced::RULE,
    &deploy::file_not_read::RULE,
    &deploy::file_refused::RULE,
    &deploy::flag_overrides::RULE,
    &deploy::host_path::RULE,
    &deploy::key_in_config_map::RULE,
    &deploy::listener_unreachable::RULE,
    &deploy::no_containerd::RULE,
    &deploy::over_one_mib::RULE,
    &deploy::registry_letter_case::RULE,
    &deploy::relative_path::RULE,
    &deploy::root_outside_volume::RULE,
    &deploy::rootless_path::RULE,
    &deploy::tlsconfigdir_not_copied::RULE,
    &deploy::unreadable_value::RULE,
    &dns::loopback::RULE,
    &dns::no_effect::RULE,
    &dns::not_an_address::RULE,
    &dns::too_many::RULE,
    &entitlement::device_without_cdi::RULE,
    &entitlement::duplicate::RULE,
    &entitlement::unknown::RULE,
    &frontend::allowed_repository::RULE,
    &frontend::disabled::RULE,
    &gc::bytes_not_megabytes::RULE,
    &gc::defaults_off::RULE,
    &gc::deprecated_key::RULE,
    &gc::disabled::RULE,
    &gc::empty_filter::RULE,
    &gc::empty_policy::RULE,
    &gc::filter_syntax::RULE,
    &gc::filtered_limit::RULE,
    &gc::gb_is_gib::RULE,
    &gc::internal_kept::RULE,
    &gc::keepstorage_ignored::RULE,
    &gc::max_below_reserved::RULE,
    &gc::min_free_alone::RULE,
    &gc::moot_rule::RULE,
    &gc::no_ageless_ceiling::RULE,
    &gc::percentage_out_of_range::RULE,
    &gc::reserve_is_cap::RULE,
    &gc::size_overflow::RULE,
    &gc::unused_beside_disabled::RULE,
    &gc::unused_beside_policy::RULE,
    &gc::wipes_cache::RULE,
    &gc::zero_limit::RULE,
    &grpc::address_scheme::RULE,
    &grpc::debug_address_open::RULE,
    &grpc::default_file_wins::RULE,
    &grpc::deletes_file::RULE,
    &grpc::duplicate_address::RULE,
    &grpc::fd_number::RULE,
    &grpc::fd_socket::RULE,
    &grpc::malformed_tcp::RULE,
    &grpc::named_pipe::RULE,
    &grpc::owner_unused::RULE,
    &grpc::shared_socket::RULE,
    &grpc::socket_path::RULE,
    &grpc::tcp_without_port::RULE,
    &grpc::tcp_without_tls::RULE,
    &grpc::tls_ca_only::RULE,
    &grpc::tls_half_pair::RULE,
    &grpc::tls_unused::RULE,
    &grpc::tls_without_client_ca::RULE,
    &history::empty_table::RULE,
    &history::negative_entries::RULE,
    &history::one_key::RULE,
    &log::conflict::RULE,
    &log::debug_enabled::RULE,
    &log::hides_warnings::RULE,
    &log::unknown_format::RULE,
    &log::unknown_level::RULE,
    &log::verbose_level::RULE,
    &mirror::block_misses::RULE,
    &mirror::docker_io_as_mirror::RULE,
    &mirror::duplicate::RULE,
    &mirror::http_scheme::RULE,
    &mirror::https_scheme::RULE,
    &mirror::leading_v2::RULE,
    &mirror::malformed_host::RULE,
    &mirror::many::RULE,
    &mirror::of_a_mirror::RULE,
    &mirror::option_on_origin::RULE,
    &mirror::other_scheme::RULE,
    &mirror::other_upstream::RULE,
    &mirror::query::RULE,
    &mirror::self_reference::RULE,
    &mirror::shut_down::RULE,
    &mirror::token_settings::RULE,
    &mirror::user_info::RULE,
    &network::bridge_name::RULE,
    &network::bridge_subnet::RULE,
    &network::bridge_subnet_public::RULE,
    &network::cni_binaries_missing::RULE,
    &network::cni_config_content::RULE,
    &network::cni_config_missing::RULE,
    &network::host_mode::RULE,
    &network::mode_unknown::RULE,
    &network::pool_negative::RULE,
    &network::unused_cni_keys::RULE,
    &otel::socket_path::RULE,
    &parallelism::cpus::RULE,
    &parallelism::disabled_worker::RULE,
    &parallelism::memory::RULE,
    &parallelism::negative::RULE,
    &parallelism::pool_exceeds_subnet::RULE,
    &parallelism::registry_concurrency::RULE,
    &parallelism::registry_concurrency_not_positive::RULE,
    &parallelism::too_large::RULE,
    &parallelism::unlimited::RULE,
    &policy::bind::RULE,
    &policy::cdi::RULE,
    &policy::certificate_lifetime::RULE,
    &policy::entitlements::RULE,
    &policy::gateway::RULE,
    &policy::gc::RULE,
    &policy::history::RULE,
    &policy::key_mode::RULE,
    &policy::key_strength::RULE,
    &policy::keys::RULE,
    &policy::log::RULE,
    &policy::mirrors::RULE,
    &policy::mutual_tls::RULE,
    &policy::network_mode::RULE,
    &policy::parallelism::RULE,
    &policy::plain_http::RULE,
    &policy::platforms::RULE,
    &policy::release::RULE,
    &policy::required_mirrors::RULE,
    &policy::snapshotter::RULE,
    &policy::unverified::RULE,
    &provenance::bad_file::RULE,
    &provenance::missing_folder::RULE,
    &registry::docker_hub_alias::RULE,
    &registry::empty_table::RULE,
    &registry::host_never_matches::RULE,
    &registry::http_and_insecure::RULE,
    &registry::insecure::RULE,
    &registry::local_over_https::RULE,
    &registry::near_duplicate::RULE,
    &registry::public_plain_http::RULE,
    &registry::tls_files_unused::RULE,
    &registry::upper_case::RULE,
    &release::bracket_in_header::RULE,
    &release::empty_list::RULE,
    &release::newer_key::RULE,
    &release::newer_value::RULE,
    &release::text_amount::RULE,
    &schema::below_scalar::RULE,
    &schema::double_brackets::RULE,
    &schema::duplicate_key::RULE,
    &schema::duplicate_table::RULE,
    &schema::emptied_array::RULE,
    &schema::empty_header::RULE,
    &schema::foreign_dialect::RULE,
    &schema::ghacache::RULE,
    &schema::letter_case::RULE,
    &schema::misplaced_key::RULE,
    &schema::misspelt_key::RULE,
    &schema::overwritten_key::RULE,
    &schema::redefined::RULE,
    &schema::sibling_worker_key::RULE,
    &schema::single_brackets::RULE,
    &schema::swallowed_key::RULE,
    &schema::unknown_key::RULE,
    &schema::unquoted_host::RULE,
    &schema::unquoted_label::RULE,
    &schema::unquoted_name::RULE,
    &schema::wrong_type::RULE,
    &secret::credential::RULE,
    &syntax::bare_key::RULE,
    &syntax::byte_order_mark::RULE,
    &syntax::carriage_return::RULE,
    &syntax::control_character::RULE,
    &syntax::escape::RULE,
    &syntax::invalid_utf8::RULE,
    &syntax::json::RULE,
    &syntax::malformed::RULE,
    &syntax::not_a_value::RULE,
    &syntax::number::RULE,
    &syntax::toml_1_1::RULE,
    &syntax::unclosed::RULE,
    &value::bare_seconds::RULE,
    &value::duration::RULE,
    &value::duration_overflow::RULE,
    &value::escaped_path::RULE,
    &value::lone_quote::RULE,
    &value::placeholder::RULE,
    &value::relative_path::RULE,
    &value::shell_path::RULE,
    &value::size::RULE,
    &value::zero_duration::RULE,
    &worker::binary_missing::RULE,
    &worker::binary_not_probed::RULE,
    &worker::both_disabled::RULE,
    &worker::both_enabled::RULE,
    &worker::builtin_label::RULE,
    &worker::cgroup_parent_unused::RULE,
    &worker::containerd_address_scheme::RULE,
    &worker::containerd_snapshotter::RULE,
    &worker::no_process_sandbox::RULE,
    &worker::platform_unknown::RULE,
    &worker::platforms_cache::RULE,
    &worker::platforms_empty::RULE,
    &worker::proxy_snapshotter_path::RULE,
    &worker::rootless_with_root::RULE,
    &worker::runtime_option::RULE,
    &worker::runtime_without_name::RULE,
    &worker::security_module_missing::RULE,
    &worker::snapshotter_unknown::RULE,
    &worker::stargz_unused::RULE,
    &worker::user_remap::RULE,
];

/// A rule: its name, its page, and what it does.
pub struct Rule {
    /// `group::name`, which is also where its page and its code lie.
    pub id: &'static str,
    /// Its page with front matter, the only place for its metadata and prose.
    pub page: &'static str,
    /// Looks for faults and reports them.
    pub check: Check,
}

/// Holds a `buildkitd.toml`, and what lies around it, against the parameters of a policy.
pub type Facts = fn(&Params, &Context<'_>, &mut Sink<'_>);

/// What a rule looks at.
#[derive(Clone, Copy)]
pub enum Check {
    /// A `buildkitd.toml`.
    File(fn(&Context<'_>, &mut Sink<'_>)),
    /// bklint's own files and comments.
    Own(fn(&Own<'_>, &mut Sink<'_>)),
    /// Nothing by itself: what its parameters in a `bklint.toml` demand of a `buildkitd.toml`.
    Policy(fn(&Params) -> Vec<Requirement>),
    /// The same, of more than keys.
    Facts(Facts),
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

impl Rule {
    /// The rule of an id.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        RULES.binary_search_by(|rule| rule.id.cmp(id)).ok().map(|at| RULES[at])
    }

    /// What stands before the `::`.
    #[must_use]
    pub fn group(&self) -> &'static str {
        self.id.split("::").next().unwrap_or_default()
    }

    /// Whether it only looks for what a `bklint.toml` demands by the rule's name.
    #[must_use]
    pub const fn is_policy(&self) -> bool {
        matches!(self.check, Check::Policy(_) | Check::Facts(_))
    }

    /// The front matter of its page. A test holds every page to be well formed.
    #[must_use]
    pub fn front(&self) -> Front<'static> {
        Front::read(self.page).unwrap_or_default()
    }
}

/// What rules look at.
pub struct Context<'a> {
    /// The text.
    pub source: &'a Source,
    /// Its structure.
    pub tree: &'a Tree,
    /// What buildkitd's loader makes of it.
    pub decoded: &'a Decoded<'a>,
    /// Everything outside.
    pub world: &'a dyn World,
    /// What the user said about the deployment.
    pub settings: &'a Settings,
    /// Whether the paths in the file are this machine's.
    pub locality: Locality,
    /// Where things stand, for fixes.
    pub layout: Layout<'a>,
    /// See [`Context::mirrors`].
    pub mirrors: OnceCell<Mirrors<'a>>,
    /// The certificate files of the run.
    pub certs: &'a Store,
    /// See [`Context::tls`].
    pub tls: OnceCell<TlsFiles<'a>>,
    /// See [`Context::copies`].
    pub copies: OnceCell<Copies<'a>>,
    /// How buildkitd is started.
    pub launch: &'a Launch,
}

impl Context<'_> {
    /// The time to judge by, in seconds since 1970.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.settings.time(self.world)
    }

    /// Where a path that the file names can be looked at.
    ///
    /// # Errors
    /// Why it cannot be looked at from here.
    pub fn look(&self, written: &str) -> Result<PathBuf, &'static str> {
        // Only somebody who asks for it knows that the daemon starts in the current folder.
        let started = self.settings.files == Files::Check && self.settings.root.is_none();
        match self.world.cwd() {
            Some(cwd) if started && Path::new(written).is_relative() => Ok(cwd.join(written)),
            _ => self.path(written).ok_or_else(|| self.unseen(written)),
        }
    }

    /// Where a program lies that the daemon would look for, if it is installed.
    ///
    /// # Errors
    /// Why it cannot be looked for from here.
    pub fn program(&self, name: &str) -> Result<Option<PathBuf>, &'static str> {
        /// What systemd gives a service, beside what is set here.
        const USUAL: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        if name.contains('/') {
            let place = self.look(name)?;
            return Ok(self.world.is_program(&place).then_some(place));
        }
        let own = self.world.env("PATH").unwrap_or_default();
        for folder in own.split(':').chain(USUAL.split(':')).filter(|dir| dir.starts_with('/')) {
            let place = self.look(folder)?.join(name);
            if self.world.is_program(&place) {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    /// Where a path that the file names lies on this machine; none if that cannot be told, for
    /// the reason that [`Context::unseen`] gives.
    #[must_use]
    pub fn path(&self, written: &str) -> Option<PathBuf> {
        self.settings.resolve(written, self.source.name(), self.locality, self.world)
    }

    /// Why a path is not looked at.
    #[must_use]
    pub fn unseen(&self, written: &str) -> &'static str {
        self.settings.unseen(written, self.locality)
    }
}

/// Takes findings away when they get too many.
pub(crate) trait Relieve {
    /// Is called before each finding.
    fn relieve(&mut self, findings: &mut Vec<Finding>);
}

/// Takes what one rule finds.
pub struct Sink<'a> {
    rule: &'static Rule,
    /// What its page says of its findings; only the pages of rules that fire are read.
    front: Option<(Level, Impact)>,
    findings: &'a mut Vec<Finding>,
    unchecked: &'a mut Vec<Unchecked>,
    relieve: Option<&'a mut dyn Relieve>,
}

impl<'a> Sink<'a> {
    /// A sink for the findings of `rule`.
    pub fn new(
        rule: &'static Rule,
        findings: &'a mut Vec<Finding>,
        unchecked: &'a mut Vec<Unchecked>,
    ) -> Self {
        Self { rule, front: None, findings, unchecked, relieve: None }
    }

    /// The same, with something that may take findings away.
    pub(crate) fn relieved(self, relieve: &'a mut dyn Relieve) -> Self {
        Self { relieve: Some(relieve), ..self }
    }

    /// Is the sink of another rule from now on.
    pub(crate) const fn turn_to(&mut self, rule: &'static Rule) {
        (self.rule, self.front) = (rule, None);
    }

    /// Reports a fault: where, and what is wrong. The finding is described further in place.
    pub fn report(&mut self, span: Span, message: impl Into<Words>) -> &mut Finding {
        self.add(span, message.into())
    }

    fn add(&mut self, span: Span, message: Words) -> &mut Finding {
        let (level, impact) = *self.front.get_or_insert_with(|| {
            let front = self.rule.front();
            (front.level, front.impact)
        });
        // The finding before is complete by now.
        self.findings.last_mut().map(Finding::clip);
        if let Some(relieve) = &mut self.relieve {
            relieve.relieve(self.findings);
        }
        let at = self.findings.len();
        self.findings.push(Finding::new(self.rule.id, level, impact, span, message));
        &mut self.findings[at]
    }

    /// Reports what the loader refuses, and by which releases if not all of the target do.
    pub fn fault(&mut self, fault: &Fault, message: impl Into<Words>) -> &mut Finding {
        self.report(fault.span, message).only(fault.only)
    }

    /// Says that the rule has something to judge as soon as the deployment is known.
    pub fn needs_deploy(&mut self) {
        self.unchecked(self.rule.id, "need --deploy");
    }

    /// Says what was not looked at, and why. A reason that begins with `need ` names the option
    /// that the check waits for.
    pub fn unchecked(&mut self, what: impl Into<Words>, reason: impl Into<Words>) {
        self.leave(what.into(), reason.into(), None);
    }

    /// Says of which key the policy cannot be decided, and why.
    pub fn undecided(&mut self, key: &str, reason: impl Into<Words>) {
        self.unchecked.push(Unchecked::policy(self.rule.id, key, reason));
    }

    /// Says what was not looked at though the start of the daemon hangs on it.
    pub fn start_unchecked(&mut self, what: impl Into<Words>, reason: impl Into<Words>) {
        self.leave(what.into(), reason.into(), Some(Impact::Start));
    }

    fn leave(&mut self, what: Words, reason: Words, impact: Option<Impact>) {
        self.unchecked.push(Unchecked { what, reason, impact });
    }
}

impl<'a> Context<'a> {
    /// All mirrors, read.
    pub fn mirrors(&self) -> &Mirrors<'a> {
        self.mirrors.get_or_init(|| Mirrors::new(&self.decoded.config))
    }

    /// The configuration buildkitd would run with, flags and defaults included.
    #[must_use]
    pub const fn effective(&self) -> Effective<'a> {
        Effective::new(&self.decoded.config, self.settings)
    }

    /// All certificate and key files, read.
    pub fn tls(&self) -> &TlsFiles<'a> {
        self.tls.get_or_init(|| {
            let find = |path: &str| self.path(path);
            TlsFiles::new(&self.effective(), &find, self.world, self.certs)
        })
    }

    /// What buildx makes of the file when it creates a builder.
    pub fn copies(&self) -> &Copies<'a> {
        self.copies.get_or_init(|| {
            let (world, locality, settings) = (self.world, self.locality, self.settings);
            let client = Client { world, locality, settings };
            Copies::new(self.source, self.tree, self.decoded, &client)
        })
    }

    /// Both workers with the names of their tables, whether the file mentions them or not.
    #[must_use]
    pub fn workers(&self) -> [(&'static str, &'a Table<Worker<'a>>); 2] {
        let workers = &self.decoded.config.worker;
        [("worker.oci", &workers.oci), ("worker.containerd", &workers.containerd)]
    }

    /// The workers that the file does not turn off.
    pub fn live_workers(&self) -> impl Iterator<Item = (&'static str, &'a Table<Worker<'a>>)> {
        self.workers().into_iter().filter(|(_, worker)| worker.enabled.get() != Some(&false))
    }
}
