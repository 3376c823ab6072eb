//! `sagspost serve`: watch the mailboxes, suggest, journal, deliver, answer.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chrono::Utc;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Context;
use crate::{
    api::{self, App},
    audit::{self, Key},
    auth::Auth,
    cases::{BuiltIn, CaseSystem},
    config::{Config, RoleSection},
    documents::reader::Reader,
    domain::{case_mark::MarkKey, case_number::Template, working_days::JournalingLimits},
    mailbox::{TokenCache, holder, mark::Marks, supervisor::Supervisor},
    outbox::{
        self, Outbox, Post, emergencies,
        housekeeping::{self, Keeps},
        near_deadline,
    },
    scan::Scanner,
    server::{self, Limits, Tls},
    smtp::Mailer,
    store::{Follower, Store, StoreError},
    suggest::{Engine, kle::Subjects},
    telemetry,
    triage::FilingRules,
};

/// Upper ends of what requests are counted in, in seconds: buckets of replicas can be added up, quantiles cannot.
const REQUEST_SECONDS: [f64; 11] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
/// Between two times that single measurements are put into their buckets.
const METRICS_UPKEEP: Duration = Duration::from_secs(5);
const SESSIONS_UPKEEP: Duration = Duration::from_hours(1);

/// Between two times that the suggestion index is kept for the next start.
const KEEP_INDEX: Duration = Duration::from_hours(1);

/// Serves until the process is told to stop; what runs is finished first.
pub(super) async fn run(context: &Context) -> anyhow::Result<()> {
    let config = Arc::new(context.config.clone());
    telemetry::start_logging(&config.log);
    let metrics = PrometheusBuilder::new()
        .set_buckets(&REQUEST_SECONDS)
        .context("metrics cannot be counted")?
        .install_recorder()
        .context("metrics cannot be recorded")?;
    let key = Key::open(&config.audit.key_file)?;
    let marks = key.mark_key();
    let tls = match &config.server.tls {
        files if files.is_on() => {
            let opened = Tls::open(&files.certificate, &files.key);
            Some(Arc::new(opened.context("server.tls")?))
        }
        _ => None,
    };
    let store = context.store().await?;
    let roles = config.access.roles.iter();
    let grants: Vec<_> = roles.flat_map(RoleSection::grants).collect();
    store.set_configured_grants(&grants).await?;
    let auth = Arc::new(Auth::new(&config, store.clone()));
    let engine = Engine::new(context.organisation()?);
    let engine = Arc::new(match config.suggestions.snapshot.as_str() {
        "" => engine,
        file => engine.kept_in(file.into()),
    });
    let subjects = Arc::new(Subjects::default());
    let stop = CancellationToken::new();
    let listener = TcpListener::bind(config.server.listen)
        .await
        .with_context(|| {
            format!(
                "server.listen: {} cannot be listened on",
                config.server.listen
            )
        })?;
    let address = listener.local_addr()?;

    let runtime = tokio::runtime::Handle::current();
    let tokens = TokenCache::new(runtime.clone());
    let mut work = tokio::task::JoinSet::new();
    let kept = audit::Settings {
        keep: chrono::Duration::days(config.audit.keep_days),
        checkpoint_every: chrono::Duration::seconds(config.audit.checkpoint_secs),
    };
    let mut keeper = audit::Keeper::new(store.clone(), key, kept, holder::name());
    let audited = CancellationToken::new();
    let until = audited.clone();
    let keeping = tokio::spawn(async move {
        keeper.run(until).await;
        keeper
    });
    work.spawn(keep_metrics_small(metrics.clone(), stop.clone()));
    work.spawn(forget_sessions(
        store.clone(),
        Arc::clone(&auth),
        stop.clone(),
    ));
    let followers = (Arc::clone(&engine), Arc::clone(&subjects));
    work.spawn(follow(store.clone(), followers, stop.clone()));
    let cases: Arc<dyn CaseSystem> = Arc::new(BuiltIn {
        store: store.clone(),
        numbers: Template::parse(&config.organisation.case_number)?,
    });
    let unjournaled = config.retention.unjournaled_days;
    let keeps = Keeps {
        unplaced: chrono::Duration::days(config.blobs.keep_unplaced_days),
        unjournaled: (unjournaled > 0).then(|| chrono::Duration::days(unjournaled)),
    };
    work.spawn(housekeeping::run(store.clone(), keeps, stop.clone()));
    work.spawn(emergencies::run(store.clone(), stop.clone()));
    let reader = Reader::of_this_program().context("this program does not find itself")?;
    let scanner = Arc::new(Scanner::new(&config.scan));
    let post = post(&config, marks.clone());
    let filing = Arc::new(FilingRules::new(&config.filing, marks, post.is_some()));
    let outbox = Outbox {
        store: store.clone(),
        case_system: Arc::clone(&cases),
        scanner: Arc::clone(&scanner),
        marker: Arc::new(Marks::new(store.clone(), tokens.clone())),
        reader,
        engine: Arc::clone(&engine),
        filing: Arc::clone(&filing),
        post,
    };
    if outbox.post.is_some() {
        work.spawn(near_deadline::run(store.clone(), stop.clone()));
    }
    work.spawn(outbox::run(outbox, stop.clone()));
    let supervisor = Supervisor::new(
        context.ingest(&store)?,
        tokens,
        runtime,
        context.watch_options(),
    );
    work.spawn(supervisor.run(stop.clone()));

    if let Some(tls) = &tls {
        work.spawn(Arc::clone(tls).keep_up(stop.clone()));
    }

    let app = App {
        store: store.clone(),
        engine,
        subjects,
        cases,
        scanner,
        filing,
        config: Arc::clone(&config),
        auth,
        metrics,
        stop: stop.clone(),
    };
    tracing::info!(%address, tls = tls.is_some(), "listening");
    let told = stop.clone();
    tokio::spawn(async move {
        stopped_by_signal().await;
        tracing::info!("stopping");
        told.cancel();
    });
    let patience = Duration::from_secs(config.server.shutdown_secs);
    let limits = Limits::of(&config.server);
    let serving = server::serve(listener, tls, limits, api::router(app), stop.clone());
    tokio::select! {
        () = serving => {}
        () = async { stop.cancelled().await; tokio::time::sleep(patience).await } => {
            tracing::warn!("requests still ran when the time to stop was up");
        }
    }
    stop.cancel();
    let _ = tokio::time::timeout(patience, async {
        while work.join_next().await.is_some() {}
    })
    .await;
    // Last of all: until now something could be done that belongs on record.
    audited.cancel();
    if let Ok(mut keeper) = keeping.await
        && let Err(error) = keeper.finish(chrono::Utc::now()).await
    {
        tracing::error!(%error, "the last records of the audit log could not be written");
    }
    store.close().await;
    Ok(())
}

/// `None` where no mail server is set.
fn post(config: &Config, marks: MarkKey) -> Option<Arc<Post>> {
    let organisation = &config.organisation;
    Some(Arc::new(Post {
        mailer: Mailer::new(&config.smtp)?,
        marks,
        lang: config.smtp.language,
        organisation: organisation.name.clone(),
        public_url: config.server.public_url.clone(),
        limits: JournalingLimits {
            target: organisation.deadline_target_days,
            limit: organisation.deadline_limit_days,
        },
    }))
}

/// Builds the suggestion indexes, then keeps them up with what any process does.
async fn follow(
    store: Store,
    (engine, subjects): (Arc<Engine>, Arc<Subjects>),
    stop: CancellationToken,
) {
    let pause = Duration::from_millis(500);
    let last = loop {
        let loaded = async {
            let loaded = engine.load(&store).await?;
            // What happened since the engine began is followed from there, for both.
            subjects.load(&store).await?;
            Ok::<_, StoreError>(loaded)
        };
        match loaded.await {
            Ok(loaded) => {
                tracing::info!(
                    cases = loaded.cases,
                    filings = loaded.filings,
                    from_snapshot = loaded.from_snapshot,
                    "suggestions are ready"
                );
                break loaded.last_event;
            }
            Err(error) => tracing::warn!(%error, "the suggestion index could not be built yet"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause * 4) => {}
        }
    };
    let mut follower = Follower::after(store.clone(), last);
    let mut keep = tokio::time::interval(KEEP_INDEX);
    loop {
        let events = tokio::select! {
            () = stop.cancelled() => return keep_index(&engine, &store, &follower).await,
            _ = keep.tick() => {
                keep_index(&engine, &store, &follower).await;
                continue;
            }
            events = follower.next() => events,
        };
        for (at, event) in events.iter().enumerate() {
            let applied = async {
                engine.apply(&store, &event.kind).await?;
                subjects.apply(&store, &event.kind).await
            };
            if let Err(error) = applied.await {
                tracing::warn!(%error, "an event could not be taken into the suggestion index yet");
                follower.put_back(&events[at..]);
                tokio::time::sleep(pause).await;
                break;
            }
        }
    }
}

/// For the next start; that it fails costs that start some time and nothing else.
async fn keep_index(engine: &Arc<Engine>, store: &Store, follower: &Follower) {
    if let Err(error) = engine.keep(store, follower.floor()).await {
        tracing::warn!(%error, "the suggestion index could not be kept for the next start");
    }
}

/// Measurements wait in memory until somebody asks for them, and perhaps nobody ever does.
async fn keep_metrics_small(metrics: PrometheusHandle, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(METRICS_UPKEEP) => metrics.run_upkeep(),
        }
    }
}

/// Sessions that ended by themselves let nobody in; their rows go now and then.
async fn forget_sessions(store: Store, auth: Arc<Auth>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(SESSIONS_UPKEEP) => {}
        }
        let limits = auth.session_limits();
        if let Err(error) = store.remove_ended_sessions(limits, Utc::now()).await {
            tracing::warn!(%error, "ended sessions could not be removed yet");
        }
    }
}

async fn stopped_by_signal() {
    let mut terminate =
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(signal) => signal,
            Err(error) => {
                tracing::warn!(%error, "SIGTERM cannot be listened to");
                return std::future::pending().await;
            }
        };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
