import Testing

@testable import VerneMQ

/// A case of the validator's: a configuration, and all that is to be found.
struct JudgementCase: Sendable, CustomTestStringConvertible {
    var lines: String
    var found: [String]
    var version = "2.2.0"
    var context = ConfigurationContext()

    init(
        _ lines: String,
        _ found: String...,
        version: String = "2.2.0",
        official: Bool = true,
        context: ConfigurationContext? = nil
    ) {
        self.lines = lines
        self.found = found
        self.version = version
        self.context = context ?? ConfigurationContext(usesOfficialImage: official)
    }

    var testDescription: String { "\(version): \(lines.replacing("\n", with: "; "))" }

    /// `key = value`, one a line; `file: key = value` for another source.
    var settings: [Setting] {
        lines.split(separator: "\n").map { line in
            let parts = line.split(separator: " = ", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let name = parts[0].split(separator: ": ", maxSplits: 1).map(String.init)
            let key = name.last ?? ""
            let source = name.count > 1 ? Setting.Source(rawValue: name[0]) : nil
            let value = parts.count > 1 ? parts[1] : ""
            return Setting(key, value, keyPath: "\(source.map { "\($0) " } ?? "")\(key)", source: source ?? .resource)
        }
    }

    /// Checks that each expectation begins one finding, `E path: problem` or `W path: problem`, and that there are no others.
    func check() throws {
        let version = try #require(VerneMQVersion(tag: version))
        let findings = ConfigurationValidator.findings(on: settings, version: version, context: context)
        var told = findings.map { "\($0.severity == .error ? "E" : "W") \($0.path): \($0.problem)" }
        let all = told
        for expected in found {
            let position = told.firstIndex { $0.hasPrefix(expected) }
            #expect(position != nil, "\(expected) is not among \(all)")
            if let position { told.remove(at: position) }
        }
        #expect(told.isEmpty, "not expected")
        #expect(findings.allSatisfy { !$0.remedy.isEmpty })
    }
}
