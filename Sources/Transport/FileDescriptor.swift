import Glibc

/// The only owner of an open file descriptor: closes it when it goes out of scope.
struct FileDescriptor: ~Copyable, Sendable {
    /// The number that system calls take. Whoever keeps it longer than the owner lives has a bug.
    let number: CInt

    /// Takes over a descriptor that a system call has just returned.
    ///
    /// - Throws: `system` with the name of the call when the number is negative.
    init(_ number: CInt, from call: StaticString) throws(TransportError) {
        guard number >= 0 else { throw .system(call) }
        self.number = number
    }

    deinit {
        // Not retried: on Linux the descriptor is gone even when close reports EINTR.
        _ = Glibc.close(number)
    }
}

/// Repeats a system call for as long as a signal interrupts it.
@inline(__always)
func retryingOnInterrupt<Result: FixedWidthInteger & SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}

/// Succeeds when a system call returned 0 or more.
@inline(__always)
func check(_ result: CInt, _ call: StaticString) throws(TransportError) {
    if result < 0 { throw .system(call) }
}
