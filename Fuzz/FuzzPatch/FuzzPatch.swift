import Document
import Fuzzing

/// Any list of two documents: the first as a patch for the second is applied or refused; the difference of both leads from
/// one to the other, and survives being written and read.
@main
struct FuzzPatch {
    static func main() {
        Fuzzer.run { bytes in
            let pair: [JSONValue]
            do {
                pair = try JSONValue(parsing: bytes).arrayValue ?? []
            } catch {
                return
            }
            guard pair.count == 2 else { return }
            applied(pair[0], to: pair[1])
            guard pair[0].arrayValue != nil || pair[0].objectValue != nil else { return }
            let difference = JSONPatch.difference(from: pair[0], to: pair[1])
            do {
                let read = try JSONPatch(from: JSONValue(parsing: difference.jsonValue.serialized()))
                guard try read.apply(to: pair[0]).isEquivalent(to: pair[1]) else {
                    Fuzzer.fail("the difference leads elsewhere: \(difference)")
                }
            } catch {
                Fuzzer.fail("the difference does not apply: \(error)")
            }
        }
    }

    private static func applied(_ patch: JSONValue, to document: JSONValue) {
        do {
            _ = try JSONPatch(from: patch).apply(to: document)
        } catch {
            guard !"\(error)".isEmpty else { Fuzzer.fail("an error without a word") }
        }
    }
}
