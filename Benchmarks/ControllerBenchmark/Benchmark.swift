import BenchmarkSupport
import Document
import Foundation
import Kubernetes
import KubernetesClient
import Logging
import Telemetry
import Transport

let quiet = Logger(label: "controller-benchmark") { JSONLogHandler(label: $0, level: .error) }

/// Measures what the controllers cost at a number of objects, on a real API server, from outside; writes tables in
/// Markdown. `Benchmarks/controllers` sets everything up for it.
@main
struct Benchmark {
    let executable: String
    let admin: String
    let kubeconfig: String
    let port: Int
    let metricsPort: Int
    let directory: URL
    let population: Population
    let brokers: Brokers
    let loop: EventLoop

    static func main() async {
        do {
            try await run(CommandLine.arguments)
        } catch {
            FileHandle.standardError.write(Data("controller-benchmark: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) async throws {
        guard arguments.count == 9, let port = Int(arguments[4]), let metricsPort = Int(arguments[5]),
            let sets = Int(arguments[7]), let resources = Int(arguments[8]), sets > 0, resources > 0
        else {
            throw BenchmarkError(
                "usage: controller-benchmark OPERATOR ADMIN-KUBECONFIG OPERATOR-KUBECONFIG PORT METRICS-PORT DIRECTORY "
                    + "SETS RESOURCES"
            )
        }
        let cluster = try ClusterConfiguration.automatic(kubeconfig: arguments[2])
        let loop = try EventLoop(name: "benchmark")
        let answers = try EventLoop(name: "brokers")
        let client = try await loop.run {
            let configuration = ClientConfiguration(
                userAgent: "controller-benchmark",
                rate: 10_000,
                burst: 10_000,
                maximumConnections: 16
            )
            return APIClient(cluster, configuration, on: loop, logger: quiet)
        }
        let benchmark = Benchmark(
            executable: arguments[1],
            admin: arguments[2],
            kubeconfig: arguments[3],
            port: port,
            metricsPort: metricsPort,
            directory: URL(fileURLWithPath: arguments[6]),
            population: Population(client: client, sets: sets, resources: resources),
            brokers: Brokers(client, on: answers),
            loop: loop
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            let brokers = benchmark.brokers
            group.addTask(executorPreference: answers) { try await brokers.serve() }
            try await benchmark.measure()
            group.cancelAll()
            while let _ = await group.nextResult() {}
        }
        exit(0)
    }

    // MARK: - The run

    private func measure() async throws {
        let (sets, resources) = (population.sets, population.resources)
        print(
            "\(sets) labelled StatefulSets and \(resources) VerneMQ resources of two brokers. \(try Machine.description()).\n"
        )
        print("| state | resident MiB | peak MiB | CPU, ms a second | requests to the API server a minute |")
        print("|---|---:|---:|---:|---|")

        var subject = try start("first")
        let population = population
        try await onLoop { try await population.awaitWebhooks() }
        try await idle("nothing to look after", subject)

        say("making \(sets) sets and \(resources) resources")
        let begun = Deadline.now
        try await onLoop { try await population.make() }
        let made = begun.elapsed
        try await awaitSettled(subject)
        let settled = begun.elapsed
        try await row("everything just made", subject)
        subject.stop()

        subject = try start("second")
        try await eventually("synced") { try subject.hasLogged("controllers synced") }
        let synced = subject.age
        try await eventually("looked at") {
            let sample = try await subject.sample(on: loop)
            return sample.sum("\(Self.work)_count", "queue=\"statefulsets\"") >= Double(sets + resources)
                && sample.sum("\(Self.work)_count", "queue=\"vernemqs\"") >= Double(resources)
        }
        let looked = subject.age
        let cpu = try subject.usage.cpuSeconds()
        try await row("restarted, everything looked at once", subject)
        try await idle("no broker is ready", subject)

        say("reporting pods ready")
        let ready = Deadline.now
        try await awaitReady()
        let allReady = ready.elapsed
        try await Task.sleep(for: .seconds(30))
        try await idle("all brokers are ready", subject)
        let news = try await changes(subject)
        try await idle("afterwards", subject)
        subject.stop()

        print(
            """

            - Made in \(seconds(made)) with the operator running; it had caught up \(seconds(settled - made)) later.
            - After a restart: synced \(seconds(synced)) after the start of the process, everything looked at once after \
            \(seconds(looked)), for \(String(format: "%.1f", cpu)) s of CPU.
            - All brokers reported ready by their pods: told in every status \(seconds(allReady)) after the first report.
            - \(news)
            """
        )
    }

    private static let work = "vernemq_operator_queue_work_duration_seconds"
    private static let changesASecond = 50
    private static let changeSeconds = 30

    private func changes(_ subject: OperatorUnderTest) async throws -> String {
        say("\(Self.changesASecond) changes a second")
        let before = try await subject.sample(on: loop)
        let cpu = try subject.usage.cpuSeconds()
        let begun = Deadline.now
        let count = Self.changesASecond * Self.changeSeconds
        let population = population
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                let due = begun.advanced(by: .seconds(1) * (Double(number) / Double(Self.changesASecond)))
                if due > .now { try await Task.sleep(for: Deadline.now.duration(to: due)) }
                group.addTask(executorPreference: loop) { try await population.change(number) }
            }
            try await group.waitForAll()
        }
        let changing = begun.elapsed
        let used = try subject.usage.cpuSeconds() - cpu
        let peak = try subject.usage.residentMiB()
        // The last change of each resource stands in its Secret.
        try await eventually("the changes have been carried out") {
            let resources = min(population.resources, count / 2)
            let first = (count - 1) - 2 * (resources - 1)
            for number in stride(from: count - 1, through: max(1, first), by: -2 * max(1, resources / 10)) {
                let name = Population.resource(number / 2 % population.resources)
                let key = ObjectKey(namespace: name.namespace, name: "vernemq-\(name.name)-vernemq-boot")
                let secret = try await onLoop { try await population.client.get(.secrets, key) }
                let data = secret["data"]?["DOCKER_VERNEMQ_MAX_INFLIGHT_MESSAGES"]?.stringValue ?? ""
                guard let bytes = Data(base64Encoded: data), String(decoding: bytes, as: UTF8.self) == "\(20 + number)"
                else { return false }
            }
            return true
        }
        let lag = begun.elapsed - changing
        let requests = try await subject.sample(on: loop).requests(since: before)
        return "\(count) changes in \(seconds(changing)), half of them to resources: "
            + "\(String(format: "%.0f", used / seconds(of: changing) * 1000)) ms of CPU a second, "
            + "\(String(format: "%.0f", peak)) MiB resident; carried out \(seconds(lag)) after the last one. "
            + "Requests: \(Self.text(requests))."
    }

    // MARK: - Waiting

    private func start(_ name: String) throws -> OperatorUnderTest {
        try OperatorUnderTest(
            executable: executable,
            kubeconfig: kubeconfig,
            port: port,
            metricsPort: metricsPort,
            log: directory.appendingPathComponent("operator-\(name).log")
        )
    }

    /// Waits until the resources' sets and everything around all sets is there, and their pods too.
    private func awaitSettled(_ subject: OperatorUnderTest) async throws {
        let (sets, resources) = (Double(population.sets), Double(population.resources))
        let client = population.client
        try await eventually("everything is made") {
            let sample = try await subject.sample(on: loop)
            let objects = { (resource: String) in
                sample.sum("vernemq_operator_informer_objects", "resource=\"\(resource)\"")
            }
            return objects("statefulsets") >= sets + resources && objects("rolebindings") >= sets + resources
        }
        try await eventually("the pods are made") {
            let pods = try await onLoop { try await client.list(.pods) }
            return pods.items.count >= 2 * population.resources
        }
    }

    private func awaitReady() async throws {
        let (brokers, client, resources) = (brokers, population.client, population.resources)
        try await eventually("every resource is ready") {
            let pods = try await onLoop { try await brokers.reportReady() }
            guard pods >= 2 * resources else { return false }
            let list = try await onLoop { try await client.list(.verneMQs) }
            let isTrue = { (resource: JSONValue, type: String) in
                (resource["status"]?["conditions"]?.arrayValue ?? []).contains {
                    $0["type"]?.stringValue == type && $0["status"]?.stringValue == "True"
                }
            }
            let ready = list.items.filter { isTrue($0, "Ready") && isTrue($0, "Clustered") }.count
            return ready >= resources
        }
    }

    private func onLoop<Success: Sendable>(
        _ body: @escaping @Sendable () async throws -> Success
    ) async throws -> Success {
        try await loop.run(body)
    }

    // MARK: - Telling

    private func row(_ state: String, _ subject: OperatorUnderTest) async throws {
        let (resident, peak) = (try subject.usage.residentMiB(), try subject.usage.peakMiB())
        print("| \(state) | \(String(format: "%.1f", resident)) | \(String(format: "%.1f", peak)) | | |")
        flush()
    }

    /// Watches for a minute.
    private func idle(_ state: String, _ subject: OperatorUnderTest) async throws {
        say("a minute of: \(state)")
        try await Task.sleep(for: .seconds(5))
        let before = try await subject.sample(on: loop)
        let cpu = try subject.usage.cpuSeconds()
        let begun = Deadline.now
        try await Task.sleep(for: .seconds(60))
        let minutes = seconds(of: begun.elapsed) / 60
        let used = try (subject.usage.cpuSeconds() - cpu) / minutes / 60 * 1000
        let after = try await subject.sample(on: loop)
        let (resident, peak) = (try subject.usage.residentMiB(), try subject.usage.peakMiB())
        let columns = [
            state, String(format: "%.1f", resident), String(format: "%.1f", peak), String(format: "%.2f", used),
            Self.text(after.requests(since: before)),
        ]
        print("| \(columns.joined(separator: " | ")) |")
        flush()
    }

    private static func text(_ requests: [(name: String, count: Int)]) -> String {
        let total = requests.reduce(0) { $0 + $1.count }
        return "\(total): " + requests.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
    }

    private func say(_ text: String) {
        FileHandle.standardError.write(Data("controller-benchmark: \(text)\n".utf8))
    }

    private func flush() {
        // Rows stand in the file even if a later one never comes.
        fflush(nil)
    }

    private func seconds(_ duration: Duration) -> String { String(format: "%.1f s", seconds(of: duration)) }

    private func seconds(of duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}
