import Controller
import Document

/// Shows answers in one form.
struct StatusShow: Sendable {
    var output: StatusCommand.Output
    var console: Console

    /// Shows one, and says what could not be looked at.
    func once(_ answer: OverviewReader.Answer) throws(FileError) -> ExitStatus {
        try console.write(text(answer.clusters))
        report(answer)
        return Self.status(of: answer)
    }

    /// Shows one of a row of answers: in the place of the one before on a terminal, else after it.
    func next(_ answer: OverviewReader.Answer, isFirst: Bool) throws(FileError) {
        var separator = ""
        if console.isTerminal, output == .table || output == .wide {
            separator = "\u{1B}[H\u{1B}[2J"
        } else if !isFirst {
            separator = output == .yaml ? "---\n" : output == .json ? "" : "\n"
        }
        try console.write(separator + text(answer.clusters))
        report(answer)
    }

    /// What an answer means for whoever has asked.
    static func status(of answer: OverviewReader.Answer) -> ExitStatus {
        answer.faults.isEmpty && answer.clusters.allSatisfy(\.remarks.isEmpty) ? .success : .failure
    }

    private func report(_ answer: OverviewReader.Answer) {
        for fault in answer.faults { console.report("error: \(StatusTable.plain(fault))") }
        for cluster in answer.clusters {
            for note in cluster.notes {
                console.report("note: \(cluster.namespace)/\(cluster.statefulSet): \(StatusTable.plain(note))")
            }
        }
    }

    /// The clusters in the form that is asked for.
    func text(_ clusters: [ClusterOverview]) -> String {
        let document: JSONValue = ["clusters": .array(clusters.map(\.json))]
        switch output {
        case .table, .wide:
            guard !clusters.isEmpty else { return "There are no clusters.\n" }
            return StatusTable.text(clusters, isWide: output == .wide)
        case .json: return document.prettySerialized() + "\n"
        case .yaml: return YAMLDocument.serialize(document)
        }
    }
}
