import Document
import Fuzzing

/// Any bytes as JSON: what is accepted is written and read again without change, and the tape says what the tree says.
@main
struct FuzzJSON {
    static func main() {
        Fuzzer.run { bytes in
            let tape: JSONTape
            do {
                tape = try JSONTape(parsing: bytes)
            } catch {
                guard accepted(bytes) == nil else { Fuzzer.fail("the tree takes what the tape refuses: \(error)") }
                return
            }
            let value = tape.root.value()
            guard accepted(bytes) == value else { Fuzzer.fail("tape and tree differ") }
            guard accepted(value.serialized()) == value else { Fuzzer.fail("written otherwise than read") }
            guard accepted(Array(value.prettySerialized().utf8)) == value else {
                Fuzzer.fail("written otherwise than read, with indentation")
            }
            guard value.isEquivalent(to: value) else { Fuzzer.fail("not equivalent to itself") }
            guard accepted(Array(tape.root.bytes)) == value else { Fuzzer.fail("the root's bytes are not the root") }
        }
    }

    private static func accepted(_ bytes: [UInt8]) -> JSONValue? {
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            return nil
        }
    }
}
