import CLinux

/// What others may see of this process's memory, which holds private keys and tokens.
public enum ProcessMemory {
    /// From here on there are no core dumps, and no other process of the same user may look into this one. Programs that it
    /// starts dump no core files either.
    ///
    /// - Throws: `system`
    public static func keepPrivate() throws(TransportError) {
        guard vmq_forbid_core_dumps() == 0 else { throw .system("prctl") }
    }
}
