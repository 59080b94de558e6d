import Document
import Fuzzing

/// Any bytes as YAML: reading ends within the limits, what was read is written and read again without change, and every
/// place has a mark.
@main
struct FuzzYAML {
    static func main() {
        Fuzzer.run { bytes in
            let documents: [YAMLDocument]
            do {
                documents = try YAMLDocument.parse(bytes)
            } catch {
                guard !"\(error)".isEmpty else { Fuzzer.fail("an error without a word") }
                return
            }
            let values = documents.map(\.value)
            do {
                let written = YAMLDocument.serialize(values)
                let again = try YAMLDocument.parse(written).map(\.value)
                guard again == values else { Fuzzer.fail("\(values) written as \(written), read as \(again)") }
            } catch {
                Fuzzer.fail("what was written cannot be read: \(error)")
            }
            for document in documents {
                guard document.mark(at: JSONPointer(tokens: [])) != nil else { Fuzzer.fail("the root has no place") }
            }
        }
    }
}
