/// Random numbers that come again for the same seed (splitmix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    /// A few bytes changed, dropped, doubled or put in.
    mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        let interesting: [UInt8] = [0, 9, 10, 13, 32, 44, 48, 57, 58, 59, 127, 128, 255]
        for _ in 0..<Int.random(in: 0...3, using: &self) where !bytes.isEmpty {
            let index = Int.random(in: bytes.indices, using: &self)
            switch Int.random(in: 0...4, using: &self) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &self)
            case 1: bytes[index] = interesting.randomElement(using: &self) ?? 0
            case 2: bytes.remove(at: index)
            case 3: bytes.insert(interesting.randomElement(using: &self) ?? 0, at: index)
            default: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 20)], at: index)
            }
        }
        return bytes
    }

    mutating func text(_ alphabet: String, _ length: ClosedRange<Int>) -> String {
        String((0..<Int.random(in: length, using: &self)).compactMap { _ in alphabet.randomElement(using: &self) })
    }
}
