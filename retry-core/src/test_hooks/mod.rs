//! The test seam: the engine's interface to the scope it runs in. Without the feature `testing` each answer
//! is a constant.

#[cfg(feature = "testing")]
pub(crate) mod mistakes;
#[cfg(feature = "testing")]
pub(crate) mod recorder;
#[cfg(feature = "testing")]
pub(crate) mod scope;
#[cfg(feature = "testing")]
pub(crate) mod virtual_clock;

#[cfg(not(feature = "testing"))]
mod absent;
#[cfg(feature = "testing")]
mod present;

#[cfg(not(feature = "testing"))]
pub(crate) use self::absent::*;
#[cfg(feature = "testing")]
pub(crate) use self::present::*;
