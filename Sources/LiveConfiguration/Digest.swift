/// A short name for a text: equal texts have equal names. It protects nothing: what is secret must not go into one that is
/// shown to people.
enum Digest {
    /// The name of several texts in their order: 16 hexadecimal digits (FNV-1a, 64 bits).
    static func of(_ parts: some Sequence<String>) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        for part in parts {
            for byte in part.utf8 { add(byte) }
            add(0)  // no text of a setting has one
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
