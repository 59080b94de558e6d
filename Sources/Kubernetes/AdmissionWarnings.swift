/// Brings warnings into the form in which the API server passes them on to the user.
///
/// The API server sends each warning as an HTTP header. It drops one that contains a control character, drops repetitions,
/// and once all of a request's warnings exceed 4096 characters it cuts each at 256 and drops what is beyond
/// (`k8s.io/apiserver/pkg/endpoints/filters/warning.go`). Cutting here, at a word, and saying how many were left out is
/// kinder than having them cut there. Characters are Unicode scalars, as Go's runes are.
public enum AdmissionWarnings {
    /// The longest warning, in Unicode scalars.
    public static let itemLimit = 256
    /// The longest sum of all warnings, in Unicode scalars.
    public static let totalLimit = 4096
    /// What is kept free for the sentence that counts those left out.
    private static let reserve = 64

    /// Cleans, shortens and bounds warnings; order is kept.
    public static func bounded(_ warnings: [String]) -> [String] {
        var kept: [String] = []
        var seen: Set<String> = []
        var total = 0
        var omitted = 0
        for warning in warnings {
            let text = shortened(cleaned(warning), to: itemLimit)
            guard !text.isEmpty, seen.insert(text).inserted else { continue }
            let length = text.unicodeScalars.count
            guard omitted == 0, total + length <= totalLimit - reserve else {
                omitted += 1
                continue
            }
            kept.append(text)
            total += length
        }
        if omitted > 0 { kept.append("… and \(omitted) more warnings, which did not fit") }
        return kept
    }

    /// Cuts text to a number of Unicode scalars, an ellipsis included: behind the last word that fits whole, unless that
    /// would lose more than a quarter.
    public static func shortened(_ text: String, to limit: Int) -> String {
        let scalars = text.unicodeScalars
        guard scalars.count > limit else { return text }
        guard limit > 1 else { return limit == 1 ? "…" : "" }
        let prefix = scalars.prefix(limit - 1)
        var end = prefix.endIndex
        // The first scalar that did not fit may itself be the space behind a whole word.
        if scalars[end] != " ", let space = prefix.lastIndex(of: " "),
            scalars.distance(from: space, to: end) <= limit / 4
        {
            end = space
        }
        while end > scalars.startIndex {
            let before = scalars.index(before: end)
            guard " ,;:.".unicodeScalars.contains(scalars[before]) else { break }
            end = before
        }
        return String(scalars[..<end]) + "…"
    }

    /// Control characters become spaces, runs of spaces one, and the ends are trimmed.
    private static func cleaned(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            guard isControl || scalar == " " else {
                result.append(scalar)
                continue
            }
            if let last = result.last, last != " " { result.append(" ") }
        }
        if result.last == " " { result.removeLast() }
        return String(result)
    }
}
