internal import Glibc

extension String {
    /// Whether both strings are the same sequence of UTF-8 bytes.
    ///
    /// `String`'s own `==` takes canonically equivalent texts for equal ("é" in one scalar and in two). JSON, YAML and the
    /// API server compare code points, so members that differ only in normalisation are different members.
    func hasSameBytes(as other: String) -> Bool {
        let length = utf8.count
        guard length == other.utf8.count else { return false }
        let compared = unsafe utf8.withContiguousStorageIfAvailable { left in
            unsafe other.utf8.withContiguousStorageIfAvailable { right in
                guard let left = left.baseAddress, let right = right.baseAddress else { return true }
                return unsafe memcmp(left, right, length) == 0
            }
        }
        if let known = compared ?? nil { return known }
        return utf8.elementsEqual(other.utf8)
    }
}

/// A member name as a dictionary key: equal when its bytes are.
struct ByteKey: Hashable, Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: ByteKey, right: ByteKey) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    // String's hash is of the normal form: equal bytes give equal hashes, which is all that is needed.
    func hash(into hasher: inout Hasher) {
        hasher.combine(text)
    }
}
