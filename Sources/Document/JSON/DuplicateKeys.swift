/// The search for two members of one name in an object of a tape.
///
/// Few names are compared in pairs. Many are sorted by a hash with a secret of this process, and only equal hashes are
/// looked into: nobody can choose names that make the search slow.
struct DuplicateKeys {
    /// A name's decoded bytes, in the document itself or among the decoded ones.
    private struct Name {
        var hash: Int
        var token: Int
        var range: Range<Int>
        var isDecoded: Bool
    }

    private let object: Int
    private let hasEscapes: Bool

    init(object: Int, hasEscapes: Bool) {
        self.object = object
        self.hasEscapes = hasEscapes
    }

    /// The token of the first name that repeats an earlier one, nil if there is none.
    func first(in tokens: [JSONToken], bytes: [UInt8]) -> Int? {
        if !hasEscapes, tokens[object].count <= 12 { return firstByPairs(tokens, bytes) }
        return firstByHash(tokens, bytes)
    }

    private func firstByPairs(_ tokens: [JSONToken], _ bytes: [UInt8]) -> Int? {
        let end = Int(tokens[object].next)
        var later = Int(tokens[object + 2].next)  // the second name: the first is followed by its value
        while later < end {
            let range = tokens[later].range
            var earlier = object + 1
            while earlier < later {
                let other = tokens[earlier].range
                if other.count == range.count, bytes[other].elementsEqual(bytes[range]) { return later }
                earlier = Int(tokens[earlier + 1].next)
            }
            later = Int(tokens[later + 1].next)
        }
        return nil
    }

    private func firstByHash(_ tokens: [JSONToken], _ bytes: [UInt8]) -> Int? {
        var decoded: [UInt8] = []
        var names: [Name] = []
        names.reserveCapacity(tokens[object].count)
        var key = object + 1
        while key < Int(tokens[object].next) {
            let token = tokens[key]
            if token.isMarked {
                let start = decoded.count
                JSONText.decode(token.range, of: bytes, into: &decoded)
                let range = start..<decoded.count
                names.append(Name(hash: Self.hash(range, of: decoded), token: key, range: range, isDecoded: true))
            } else {
                let hash = Self.hash(token.range, of: bytes)
                names.append(Name(hash: hash, token: key, range: token.range, isDecoded: false))
            }
            key = Int(tokens[key + 1].next)
        }
        func content(_ name: Name) -> ArraySlice<UInt8> {
            name.isDecoded ? decoded[name.range] : bytes[name.range]
        }
        names.sort { $0.hash != $1.hash ? $0.hash < $1.hash : $0.token < $1.token }
        return zip(names, names.dropFirst())
            .filter { $0.hash == $1.hash && content($0).elementsEqual(content($1)) }
            .map(\.1.token)
            .min()
    }

    private static func hash(_ range: Range<Int>, of bytes: [UInt8]) -> Int {
        var hasher = Hasher()
        unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[range])) }
        return hasher.finalize()
    }
}
