/// The standard alphabet of RFC 4648 §4 with padding: JSON patches in admission responses, certificates in `caBundle`,
/// `data` of Secrets.
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Encodes bytes; the result has no line breaks.
    public static func encode(_ bytes: [UInt8]) -> String {
        let count = (bytes.count + 2) / 3 * 4
        return unsafe String(unsafeUninitializedCapacity: count) { output in
            unsafe alphabet.withUnsafeBufferPointer { alphabet in
                unsafe bytes.withUnsafeBufferPointer { unsafe encode($0, with: alphabet, to: output) }
            }
        }
    }

    /// Writes four characters for each three bytes, and fills up the last four.
    private static func encode(
        _ input: UnsafeBufferPointer<UInt8>,
        with alphabet: UnsafeBufferPointer<UInt8>,
        to output: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var (read, written) = (0, 0)
        while read < input.count {
            let left = input.count - read
            let second = left > 1 ? unsafe UInt32(input[read + 1]) : 0
            let third = left > 2 ? unsafe UInt32(input[read + 2]) : 0
            let group = unsafe UInt32(input[read]) << 16 | second << 8 | third
            unsafe output[written] = alphabet[Int(group >> 18)]
            unsafe output[written + 1] = alphabet[Int(group >> 12 & 0x3F)]
            unsafe output[written + 2] = left > 1 ? alphabet[Int(group >> 6 & 0x3F)] : UInt8(ascii: "=")
            unsafe output[written + 3] = left > 2 ? alphabet[Int(group & 0x3F)] : UInt8(ascii: "=")
            read += 3
            written += 4
        }
        return written
    }

    /// Decodes text; nil unless it is canonical: right length, right alphabet, padded, with no bits set in the padding.
    public static func decode(_ text: String) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count.isMultiple(of: 4) else { return nil }
        let padding = characters.reversed().prefix(2).prefix { $0 == UInt8(ascii: "=") }.count
        let digits = characters.count - padding
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count / 4 * 3)
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for character in characters.prefix(digits) {
            guard let digit = digit(of: character) else { return nil }
            buffer = buffer << 6 | digit
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
                buffer &= (1 << bits) - 1
            }
        }
        return buffer == 0 ? bytes : nil
    }

    private static func digit(of character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
