import ArgumentParser
import Controller
import KubernetesClient
import Logging
import Transport

/// `vernemq-operator status`, also as `kubectl vernemq status`: how clusters stand.
struct StatusCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows how clusters stand, as each of their brokers sees it.",
        discussion: """
            Names are those of VerneMQ resources or StatefulSets: k8s, vernemq/k8s, statefulset/mqtt. Without one all \
            clusters of the namespace are shown. Brokers are asked through the API server, with your own rights: for their \
            views by its proxy (get on pods/proxy), for plugins and configuration by vmq-admin in the pods (get and \
            create on pods/exec). What you may not ask is shown as ?, and a note says why. Nothing is ever changed, and the operator \
            need not be up. Exit status 0 if all is as it should be; 1 if something is not, or could not be read.
            """
    )

    /// Forms in which the status is told.
    enum Output: String, ExpressibleByArgument, CaseIterable {
        case table, wide, json, yaml
    }

    @Argument(help: ArgumentHelp("Which clusters. Default: all of the namespace.", valueName: "name"))
    var names: [String] = []

    @OptionGroup var access: AccessOptions

    @Option(name: [.short, .long], help: ArgumentHelp("The namespace. Default: the context's.", valueName: "name"))
    var namespace: String?

    @Flag(name: [.customShort("A"), .long], help: "All namespaces.")
    var allNamespaces = false

    @Option(name: [.short, .long], help: "table, wide, json or yaml.")
    var output = Output.table

    @Flag(
        inversion: .prefixedNo,
        help: ArgumentHelp(
            "Run commands in the pods. Without, plugins are not known, and drift only as far as the operator tells."
        )
    )
    var exec = true

    @Flag(name: [.short, .long], help: "Go on, and show the status whenever it has changed, until Ctrl-C.")
    var watch = false

    @Option(help: ArgumentHelp("With --watch: how often to look.", valueName: "duration"))
    var interval = DurationArgument(.seconds(5))

    mutating func validate() throws {
        guard !allNamespaces || namespace == nil else {
            throw ValidationError("--namespace or --all-namespaces, not both")
        }
        guard interval.duration >= .seconds(1) else { throw ValidationError("--interval: at least 1s") }
    }

    func execute(_ console: Console) async throws -> ExitStatus {
        let cluster: ClusterConfiguration
        do throws(KubeConfigError) { cluster = try access.configuration() } catch {
            console.report("error: it is not known where the API server is: \(error)")
            return .failure
        }
        let loop: EventLoop
        do throws(StartError) { loop = try Serving.startLoop("status") } catch {
            console.report("error: \(error)")
            return .failure
        }
        defer { loop.shutDown() }
        let question = OverviewReader.Question(
            namespace: allNamespaces ? nil : namespace ?? cluster.namespace,
            names: names,
            runsCommands: exec
        )
        do {
            return try await loop.run { try await look(at: question, cluster, on: loop, console) }
        } catch let error as APIError {
            console.report("error: \(error)")
            return .failure
        } catch let error as TransportError {
            console.report("error: \(error)")
            return .failure
        }
    }

    private func look(
        at question: OverviewReader.Question,
        _ cluster: ClusterConfiguration,
        on loop: EventLoop,
        _ console: Console
    ) async throws -> ExitStatus {
        let client = APIClient(
            cluster,
            ClientConfiguration(userAgent: "vernemq-operator/\(Release.version)"),
            on: loop,
            logger: Logger(label: "status") { _ in TextLogHandler(level: .error, write: console.report) }
        )
        defer { client.closeIdleConnections() }
        let reader = OverviewReader(client)
        let show = StatusShow(output: output, console: console)
        guard watch else { return try show.once(try await reader.read(question)) }
        let watch = StatusWatch(show: show, reader: reader, question: question, interval: interval.duration)
        return try await watch.run(on: loop)
    }
}
