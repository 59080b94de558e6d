/// The standard alphabet of RFC 4648 §4 with padding: JSON patches in admission responses, certificates in `caBundle`,
/// `data` of Secrets.
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Two characters for each twelve bits, the first in the lower byte: half the steps of one character for each six.
    private static let pairs: [UInt16] = (0..<4096).map { group in
        UInt16(alphabet[group >> 6]) | UInt16(alphabet[group & 0x3F]) << 8
    }

    /// Encodes bytes; the result has no line breaks.
    public static func encode(_ bytes: [UInt8]) -> String {
        let count = (bytes.count + 2) / 3 * 4
        return unsafe String(unsafeUninitializedCapacity: count) { output in
            unsafe pairs.withUnsafeBufferPointer { pairs in
                unsafe bytes.withUnsafeBufferPointer { unsafe encode($0, with: pairs, to: output) }
            }
        }
    }

    /// Appends the encoding of bytes to text, without a string between them.
    static func append(_ bytes: [UInt8], to text: inout [UInt8]) {
        let count = (bytes.count + 2) / 3 * 4
        text.reserveCapacity(text.count + count)
        text += unsafe [UInt8](unsafeUninitializedCapacity: count) { output, written in
            unsafe pairs.withUnsafeBufferPointer { pairs in
                unsafe bytes.withUnsafeBufferPointer { written = unsafe encode($0, with: pairs, to: output) }
            }
        }
    }

    /// Writes four characters for each three bytes, and fills up the last four.
    private static func encode(
        _ input: UnsafeBufferPointer<UInt8>,
        with pairs: UnsafeBufferPointer<UInt16>,
        to output: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var (read, written) = (0, 0)
        let raw = UnsafeMutableRawBufferPointer(output)
        func write(_ group: Int) {
            // SAFETY: a group has 24 bits, so both halves are within the 4096 pairs; the capacity is four characters for
            // each three bytes begun.
            unsafe raw.storeBytes(of: pairs[group >> 12].littleEndian, toByteOffset: written, as: UInt16.self)
            unsafe raw.storeBytes(of: pairs[group & 0xFFF].littleEndian, toByteOffset: written + 2, as: UInt16.self)
            written += 4
        }
        while read + 3 <= input.count {
            unsafe write(Int(input[read]) << 16 | Int(input[read + 1]) << 8 | Int(input[read + 2]))
            read += 3
        }
        guard read < input.count else { return written }
        let hasSecond = read + 1 < input.count
        unsafe write(Int(input[read]) << 16 | (hasSecond ? Int(input[read + 1]) << 8 : 0))
        unsafe output[written - 1] = UInt8(ascii: "=")
        if !hasSecond { unsafe output[written - 2] = UInt8(ascii: "=") }
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
