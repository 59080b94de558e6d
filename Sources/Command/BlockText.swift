import VerneMQ

extension Manifest.Parsed {
    /// The place in the input of a place in a text that stands as a literal block (`key: |`), which is how people write
    /// configurations; nil for other notations, in which lines of the text are no lines of the input.
    ///
    /// - Parameter key: where the key stands behind which the block begins.
    func position(of place: TextPlace, behind key: SourcePosition) -> SourcePosition? {
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        func line(_ number: Int) -> Substring? {
            let index = number - firstLine
            return lines.indices.contains(index) ? lines[index] : nil
        }
        guard let head = line(key.line), let indicator = head.split(separator: ":").last,
            indicator.drop(while: { $0 == " " }).hasPrefix("|")
        else { return nil }
        // The first line that is not blank sets the indentation (YAML 1.2 §8.1.1.1).
        var number = key.line + 1
        while let text = line(number), text.allSatisfy(\.isWhitespace) { number += 1 }
        guard let first = line(number) else { return nil }
        let indentation = first.prefix { $0 == " " }.count
        guard indentation > 0, line(key.line + place.line) != nil else { return nil }
        return SourcePosition(line: key.line + place.line, column: indentation + place.column)
    }
}
