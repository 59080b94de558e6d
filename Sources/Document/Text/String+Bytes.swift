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

    /// Whether the UTF-8 bytes of another string, in a row, are among those of this one; the empty string always is.
    ///
    /// `contains(_:)` of the standard library compares characters, which costs a hundred times as much and does not find an
    /// underscore that has an accent.
    public func containsBytes(of other: String) -> Bool {
        var (text, part) = (self, other)
        return text.withUTF8 { text in
            part.withUTF8 { part in
                guard part.count > 0, let wanted = part.baseAddress else { return true }
                guard let base = text.baseAddress else { return false }
                var start = 0
                while text.count - start >= part.count {
                    // SAFETY: the condition keeps `part.count` bytes from each place that is looked at within the text.
                    let places = text.count - start - part.count + 1
                    guard let found = unsafe memchr(base + start, Int32(wanted[0]), places) else { return false }
                    if unsafe memcmp(found, wanted, part.count) == 0 { return true }
                    start = unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base) + 1
                }
                return false
            }
        }
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
