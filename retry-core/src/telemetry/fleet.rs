//! Reports of the members of fleets, after `install()`.

use crate::fleet::{Change, Status};
#[cfg(feature = "reports")]
use crate::telemetry::installed::is_installed;

/// Writes a line of a member that has joined, or is alone.
#[cfg_attr(
    not(any(feature = "log", feature = "tracing")),
    allow(unused_variables)
)]
pub(crate) fn changed(namespace: &str, change: &Change) {
    #[cfg(feature = "events")]
    if super::installed::wanted() & super::installed::HOOKS != 0 {
        let namespace = namespace.into();
        super::hooks::call(&super::Event::Fleet {
            namespace,
            change: *change,
        });
    }
    #[cfg(any(feature = "log", feature = "tracing"))]
    if is_installed() {
        let warns = !matches!(change, Change::Joined { .. });
        super::sinks::say(warns, format_args!("fleet `{namespace}`: {change}"));
    }
}

/// Writes a line of a configuration that a member has refused.
#[cfg_attr(
    not(any(feature = "log", feature = "tracing")),
    allow(unused_variables)
)]
pub(crate) fn refused(namespace: &str, mistake: &str) {
    #[cfg(any(feature = "log", feature = "tracing"))]
    if is_installed() {
        super::sinks::say(true, format_args!("fleet `{namespace}`: {mistake}"));
    }
}

/// Writes a line of a member that was dropped without leaving.
#[cfg_attr(
    not(any(feature = "log", feature = "tracing")),
    allow(unused_variables)
)]
pub(crate) fn dropped(namespace: &str) {
    #[cfg(any(feature = "log", feature = "tracing"))]
    if is_installed() {
        let text =
            "dropped without `leave`, it exchanges no more; its shares are free after the lease";
        super::sinks::say(true, format_args!("fleet `{namespace}`: {text}"));
    }
}

/// Sets the gauges of a member after an exchange.
#[cfg_attr(not(feature = "metrics"), allow(unused_variables))]
pub(crate) fn exchanged(namespace: &str, status: &Status) {
    #[cfg(feature = "metrics")]
    if is_installed() {
        recorded::exchanged(namespace, status);
    }
}

#[cfg(feature = "metrics")]
pub(super) use self::recorded::describe;

#[cfg(feature = "metrics")]
mod recorded {
    use metrics::{Label, Unit, counter, describe_counter, describe_gauge, gauge};

    use crate::fleet::Status;

    pub(super) fn exchanged(namespace: &str, status: &Status) {
        let namespace = namespace.to_owned();
        gauge!("retry_fleet_joined", "namespace" => namespace.clone())
            .set(f64::from(u8::from(status.joined)));
        gauge!("retry_fleet_members", "namespace" => namespace.clone()).set(status.members as f64);
        if let Some(lag) = status.lag {
            gauge!("retry_fleet_lag_seconds", "namespace" => namespace.clone())
                .set(lag.as_secs_f64());
        }
        for part in &status.parts {
            let Some(share) = part.share else { continue };
            let labels = [
                Label::new("namespace", namespace.clone()),
                Label::new("kind", part.kind),
                Label::new("name", part.name.clone()),
            ];
            gauge!("retry_fleet_share", labels.iter()).set(share);
        }
        counter!("retry_fleet_lost_leases_total", "namespace" => namespace.clone())
            .absolute(status.lost_leases);
        if let Some(failure) = status.failure {
            let reason = failure.label();
            counter!("retry_fleet_failures_total", "namespace" => namespace, "reason" => reason)
                .increment(1);
        }
    }

    pub(in crate::telemetry) fn describe() {
        describe_gauge!(
            "retry_fleet_joined",
            "1 for a member that shares every part, 0 for one that is alone."
        );
        describe_gauge!("retry_fleet_members", "Members that share a part.");
        let lag = "Time since the last exchange of all parts.";
        describe_gauge!("retry_fleet_lag_seconds", Unit::Seconds, lag);
        describe_gauge!(
            "retry_fleet_share",
            "The share of a limit that this member holds, from 0 to 1."
        );
        describe_counter!(
            "retry_fleet_lost_leases_total",
            "Leases that were over before an exchange."
        );
        describe_counter!(
            "retry_fleet_failures_total",
            "Exchanges that failed, by the reason."
        );
    }
}
