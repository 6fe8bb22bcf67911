//! Error numbers of the operating system that have no `ErrorKind`, from the target kernel's table.

/// The numbers of one family of systems.
struct Numbers {
    /// The local host has no file descriptor, buffer or memory left: `EMFILE`, `ENFILE`, `ENOBUFS`, `ENOMEM`.
    nothing_left: &'static [i32],
    /// The path to a peer broke: `ENETRESET`, `EHOSTDOWN`, `ENONET`, `ESHUTDOWN`.
    path: &'static [i32],
    /// A name does not resolve.
    lookup: &'static [i32],
}

const NUMBERS: Numbers = if cfg!(windows) {
    Numbers {
        // ERROR_TOO_MANY_OPEN_FILES, ERROR_NOT_ENOUGH_MEMORY, ERROR_OUTOFMEMORY, ERROR_NO_SYSTEM_RESOURCES,
        // WSAEMFILE, WSAENOBUFS
        nothing_left: &[4, 8, 14, 1450, 10024, 10055],
        // ERROR_NETNAME_DELETED, ERROR_CONNECTION_REFUSED, ERROR_CONNECTION_ABORTED, WSAENETRESET,
        // WSAESHUTDOWN, WSAEHOSTDOWN
        path: &[64, 1225, 1236, 10052, 10058, 10064],
        // WSAHOST_NOT_FOUND, WSATRY_AGAIN, WSANO_RECOVERY, WSANO_DATA
        lookup: &[11001, 11002, 11003, 11004],
    }
} else if cfg!(any(
    target_os = "solaris",
    target_os = "illumos",
    target_arch = "mips",
    target_arch = "mips64",
    target_arch = "mips32r6",
    target_arch = "mips64r6"
)) {
    Numbers {
        nothing_left: &[12, 23, 24, 132],
        path: &[129, 147, 64, 143],
        lookup: &[],
    }
} else if cfg!(all(
    target_os = "linux",
    any(target_arch = "sparc", target_arch = "sparc64")
)) {
    Numbers {
        nothing_left: &[12, 23, 24, 55],
        path: &[52, 64, 80, 58],
        lookup: &[],
    }
} else if cfg!(any(target_os = "linux", target_os = "android")) {
    Numbers {
        nothing_left: &[12, 23, 24, 105],
        path: &[102, 112, 64, 108],
        lookup: &[],
    }
} else {
    // The BSDs and Apple's systems, which have no ENONET.
    Numbers {
        nothing_left: &[12, 23, 24, 55],
        path: &[52, 64, 58],
        lookup: &[],
    }
};

/// `EIO`: the device is broken.
const DEVICE: i32 = 5;

pub(super) fn is_nothing_left(number: i32) -> bool {
    NUMBERS.nothing_left.contains(&number)
}

pub(super) fn is_path(number: i32) -> bool {
    NUMBERS.path.contains(&number)
}

pub(super) fn is_lookup(number: i32) -> bool {
    NUMBERS.lookup.contains(&number)
}

pub(super) fn is_device(number: i32) -> bool {
    cfg!(unix) && number == DEVICE
}
