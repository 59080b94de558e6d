import ArgumentParser
import Controller
import Document
import KubernetesClient
import Logging
import Telemetry
import Transport

/// `vernemq-operator status`, also as `kubectl vernemq status`: how clusters stand.
struct StatusCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows how clusters stand, as each of their brokers sees it.",
        discussion: """
            Names are those of VerneMQ resources or StatefulSets: k8s, vernemq/k8s, statefulset/mqtt. Without one all \
            clusters of the namespace are shown. Brokers are asked through the API server with your own rights (get on \
            pods/proxy); the operator need not be up. Exit status 1 if something is not as it should be, or could not be \
            read.
            """
    )

    /// Forms in which the status is told.
    enum Output: String, ExpressibleByArgument, CaseIterable {
        case table, wide, json, yaml
    }

    @Argument(help: ArgumentHelp("Which clusters. Default: all of the namespace.", valueName: "name"))
    var names: [String] = []

    @Option(
        help: ArgumentHelp(
            "A kubeconfig. Default: the pod's own service account, else $KUBECONFIG, else ~/.kube/config.",
            valueName: "file"
        )
    )
    var kubeconfig: String?

    @Option(help: ArgumentHelp("The context of the kubeconfig. Default: its current one.", valueName: "name"))
    var context: String?

    @Option(name: [.short, .long], help: ArgumentHelp("The namespace. Default: the context's.", valueName: "name"))
    var namespace: String?

    @Flag(name: [.customShort("A"), .long], help: "All namespaces.")
    var allNamespaces = false

    @Option(name: [.short, .long], help: "table, wide, json or yaml.")
    var output = Output.table

    @Flag(help: "Ask every broker for its plugins: runs vmq-admin in its container (create on pods/exec).")
    var plugins = false

    @Flag(name: [.short, .long], help: "Go on, and show the status whenever it has changed.")
    var watch = false

    @Option(help: ArgumentHelp("With --watch: how often to look.", valueName: "duration"))
    var interval = DurationArgument(.seconds(5))

    mutating func validate() throws {
        guard !allNamespaces || namespace == nil else { throw ValidationError("--namespace or --all-namespaces, not both") }
        guard interval.duration >= .seconds(1) else { throw ValidationError("--interval: at least 1s") }
        guard !watch || !plugins else {
            throw ValidationError("--plugins cannot be watched: each look costs every broker half a second of processor time")
        }
    }

    func execute(_ console: Console) async throws -> ExitStatus {
        let cluster: ClusterConfiguration
        do throws(KubeConfigError) {
            cluster = try .automatic(kubeconfig: kubeconfig, context: context)
        } catch {
            console.report("error: it is not known where the API server is: \(error)")
            return .failure
        }
        let question = OverviewReader.Question(
            namespace: allNamespaces ? nil : namespace ?? cluster.namespace,
            names: names,
            asksPlugins: plugins
        )
        let loop: EventLoop
        do throws(StartError) { loop = try Serving.startLoop("status") } catch {
            console.report("error: \(error)")
            return .failure
        }
        let show = StatusShow(output: output, console: console)
        do {
            return try await loop.run {
                let client = APIClient(
                    cluster,
                    ClientConfiguration(userAgent: "vernemq-operator/\(Release.version)"),
                    on: loop,
                    logger: Logger(label: "status") { _ in TextLogHandler(level: .warning, write: console.report) }
                )
                defer { client.closeIdleConnections() }
                let reader = OverviewReader(client)
                guard watch else { return try show.once(try await reader.read(question)) }
                return try await show.always(
                    every: { try await loop.sleep(for: interval.duration) },
                    { () throws(APIError) in try await reader.read(question) }
                )
            }
        } catch let error as APIError {
            console.report("error: \(error)")
            return .failure
        } catch let error as TransportError {
            console.report("error: \(error)")
            return .failure
        }
    }
}

/// Shows answers.
struct StatusShow {
    var output: StatusCommand.Output
    var console: Console

    /// Shows one, and says what could not be looked at.
    func once(_ answer: OverviewReader.Answer) throws(FileError) -> ExitStatus {
        try console.write(text(answer.clusters))
        report(answer)
        return answer.isWell ? .success : .failure
    }

    /// Shows one after the other, each that differs from the last one, until the pause throws. A look that fails is told,
    /// and the next one comes all the same.
    func always(
        every pause: () async throws -> Void,
        _ look: () async throws(APIError) -> OverviewReader.Answer
    ) async throws -> ExitStatus {
        var shown: OverviewReader.Answer?
        var told: APIError?
        while true {
            var answer: OverviewReader.Answer?
            do throws(APIError) {
                answer = try await look()
                told = nil
            } catch {
                guard !error.isCancelled else { throw error }
                if told != error { console.report("error: \(error)") }
                told = error
            }
            if let answer, answer != shown {
                let separator = output == .yaml ? "---\n" : output == .json ? "" : "\n"
                try console.write((shown == nil ? "" : separator) + text(answer.clusters))
                report(answer)
                shown = answer
            }
            try await pause()
        }
    }

    private func report(_ answer: OverviewReader.Answer) {
        for fault in answer.faults { console.report("error: \(fault)") }
        for cluster in answer.clusters {
            for note in cluster.notes { console.report("note: \(cluster.namespace)/\(cluster.statefulSet): \(note)") }
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

extension OverviewReader.Answer {
    /// Whether nothing is to be said.
    fileprivate var isWell: Bool { faults.isEmpty && clusters.allSatisfy(\.remarks.isEmpty) }
}
