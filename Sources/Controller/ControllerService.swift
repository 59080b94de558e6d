import Document
import HTTP
import Kubernetes
public import KubernetesClient
public import Logging
public import Telemetry
import Transport
import VerneMQ
import Workload

/// The controllers of one process: stands for election, and runs them while it leads. Everything of it lives on its
/// client's loop.
///
/// ```swift
/// let service = ControllerService(settings, client: client, elector: elector, metrics: registry, logger: logger)
/// await service.run()      // until resign(), or until the task is cancelled
/// ```
public final class ControllerService: Sendable {
    private let settings: ControllerSettings
    private let client: APIClient
    private let elector: LeaderElector
    private let recorder: EventRecorder
    private let metrics: MetricRegistry
    private let logger: Logger

    /// Makes the controllers on the client's loop, on whose thread this is called.
    ///
    /// - Parameters:
    ///   - settings: how to run.
    ///   - client: the way to the API server.
    ///   - elector: who decides whether they run in this process.
    ///   - recorder: takes events; somebody else runs it.
    ///   - metrics: where to count.
    ///   - logger: where changes and failures are told.
    public init(
        _ settings: ControllerSettings,
        client: APIClient,
        elector: LeaderElector,
        recorder: EventRecorder,
        metrics: MetricRegistry,
        logger: Logger
    ) {
        self.settings = settings
        self.client = client
        self.elector = elector
        self.recorder = recorder
        self.metrics = metrics
        self.logger = logger
    }

    /// Stands for election and runs the controllers whenever this process leads; until ``resign()``, or until the task is
    /// cancelled.
    ///
    /// - Parameter leading: called when leadership has come, before anything is done.
    public func run(leading: @escaping @Sendable () -> Void = {}) async {
        await elector.run { [self] in
            leading()
            await lead()
        }
    }

    /// Stops the controllers and gives the Lease back, so that another replica takes over at once.
    public func resign() { elector.resign() }

    private func lead() async {
        guard let capabilities = await discover() else { return }
        let caches = ClusterCaches(
            client,
            namespace: settings.namespace,
            capabilities: capabilities,
            metrics: metrics,
            logger: logger
        )
        let context = ControllerContext(
            settings,
            client: client,
            caches: caches,
            capabilities: capabilities,
            metrics: metrics,
            logger: logger
        ) { [recorder] event, object in
            let type: EventType = event.type == .warning ? .warning : .normal
            recorder.record(type, on: object, reason: event.reason, message: event.message)
        }
        let queues = ControllerQueues(on: client.loop, metrics: metrics)
        let live = LiveReconciler(context, queues, exec: PodBrokerExec(client))
        let sets = StatefulSetReconciler(context, live: live)
        let members = MembershipReconciler(surroundings(context, queues))
        let resources = ResourceReconciler(context, sets: sets, members: members, live: live)
        let work = LoopBound((sets: sets, resources: resources, members: members, live: live), on: client.loop)
        await withDiscardingTaskGroup { [settings, logger] group in
            group.addTask { await caches.run() }
            group.addTask {
                do throws(TransportError) { try await caches.waitUntilSynced() } catch { return }
                logger.notice(
                    "controllers synced",
                    metadata: [
                        "resources": "\(caches.resources.count)", "statefulsets": "\(caches.statefulSets.count)",
                    ]
                )
                queues.follow(caches)
                await withDiscardingTaskGroup { group in
                    group.addTask {
                        await queues.statefulSets.run(workers: settings.workers) { key in
                            await work.value.sets.reconcile(key)
                        }
                    }
                    group.addTask {
                        await queues.resources.run(workers: settings.workers) { key in
                            await work.value.resources.reconcile(key)
                        }
                    }
                    group.addTask {
                        await queues.members.run(workers: settings.workers) { key in
                            await work.value.members.reconcile(key)
                        }
                    }
                    group.addTask {
                        await queues.live.run(workers: settings.workers) { key in
                            await work.value.live.reconcile(key)
                        }
                    }
                }
            }
        }
    }

    private func surroundings(
        _ context: ControllerContext,
        _ queues: ControllerQueues
    ) -> MembershipReconciler.Surroundings {
        let caches = context.caches
        return MembershipReconciler.Surroundings(
            client: client,
            exec: PodBrokerExec(client),
            set: { caches.statefulSets[$0] },
            isPaused: { key in
                caches.resources.objects(
                    in: ClusterCaches.Index.statefulSet,
                    under: ClusterCaches.text(key.namespace, key.name)
                ).contains { resource in
                    // What somebody else manages is his, its members included.
                    ClusterResource(resource).isPaused
                        || ManagedElsewhere.find(resource, observed: caches.statefulSets[key].map { [$0] } ?? []) != nil
                }
            },
            event: { context.report($0, about: $1) },
            changed: { queues.addResources(of: $0, caches) },
            nextLook: { [settings] in settings.nextLook },
            metrics: metrics,
            logger: logger
        )
    }

    /// Asks until the server has said what it offers; nil when the task is cancelled.
    private func discover() async -> ServerCapabilities? {
        var backoff = Backoff(minimum: .milliseconds(500), maximum: .seconds(30))
        while true {
            do throws(APIError) {
                let answer = try await client.raw(.get, "/apis/policy")
                let group = try JSONValue(answer: answer.body)
                let versions = group["versions"]?.arrayValue ?? []
                return ServerCapabilities(hasPolicyV1: versions.contains { $0["version"]?.stringValue == "v1" })
            } catch {
                if error.isCancelled { return nil }
                logger.warning("the API server does not say what it offers", metadata: ["reason": "\(error)"])
            }
            do throws(TransportError) {
                try await client.loop.sleep(for: backoff.pause(random: Double.random(in: 0..<1)))
            } catch { return nil }
        }
    }
}

extension JSONValue {
    fileprivate init(answer bytes: [UInt8]) throws(APIError) {
        do { try self.init(parsing: bytes) } catch { throw .malformed("the answer is no JSON") }
    }
}
