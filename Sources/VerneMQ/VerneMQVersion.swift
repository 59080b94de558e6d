/// A VerneMQ release: two to four numbers, as in `2.1.1` or `1.10.4.1`.
public struct VerneMQVersion: Sendable, Hashable {
    /// The numbers, most significant first.
    public let numbers: [Int]

    /// A version of these numbers.
    public init(_ numbers: Int...) {
        self.numbers = numbers
    }

    /// Reads the numbers that an image tag or a version text begins with: `2.1.1-alpine`, `v2.2.0`, `2.0.0-rc1`. What
    /// follows them (a variant, a release candidate) does not matter to anything that is looked up by version.
    public init?(tag: String) {
        let text = tag.hasPrefix("v") ? tag.dropFirst() : tag[...]
        let head = text.prefix { $0 == "." || ($0.isASCII && $0.isNumber) }
        let parts = head.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { $0.count <= 6 ? Int($0) : nil }
        guard (2...4).contains(parts.count), numbers.count == parts.count else { return nil }
        self.numbers = numbers
    }
}

extension VerneMQVersion: Comparable {
    /// Compares number by number; a missing number counts as zero.
    public static func < (left: VerneMQVersion, right: VerneMQVersion) -> Bool {
        for index in 0..<max(left.numbers.count, right.numbers.count) {
            let pair = (left.number(index), right.number(index))
            if pair.0 != pair.1 { return pair.0 < pair.1 }
        }
        return false
    }

    /// Whether both name the same release: `2.1` is `2.1.0`.
    public static func == (left: VerneMQVersion, right: VerneMQVersion) -> Bool {
        !(left < right) && !(right < left)
    }

    /// Hashes in agreement with `==`.
    public func hash(into hasher: inout Hasher) {
        for index in 0..<4 { hasher.combine(number(index)) }
    }

    private func number(_ index: Int) -> Int {
        numbers.indices.contains(index) ? numbers[index] : 0
    }
}

extension VerneMQVersion: CustomStringConvertible {
    /// The numbers with dots between them.
    public var description: String { numbers.map(String.init).joined(separator: ".") }
}
