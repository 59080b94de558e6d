public import Document
import Kubernetes
public import KubernetesClient
import Transport

/// A field that an apply configuration wanted and that somebody else owns: it stays as it is.
public struct Concession: Sendable, Hashable {
    /// The path of the field, as server-side apply writes it: `.spec.replicas`.
    public var field: String
    /// What the server says about it: `conflict with "kubectl-scale" using apps/v1`.
    public var message: String
}

/// Brings objects to what they shall be by server-side apply: writes only where the stored object does not say it already,
/// and leaves every field to whoever owns it.
///
/// Belongs to the loop of its client.
public final class Applier {
    /// What became of an object.
    public struct Outcome: Sendable {
        /// The object as it is stored now, nil for one that nobody watches and that was not written.
        public var object: JSONValue?
        /// Whether it was written, and the server stored something new.
        public var isChanged: Bool
        /// The fields that others own.
        public var concessions: [Concession]
    }

    /// What the last apply of an object was about. The configuration itself is not kept: there may be thousands.
    private struct Memory {
        var uid: String?
        var version: String?
        var configuration: Int
        var concessions: [Concession]
        var time: Deadline
    }

    /// How often an apply is tried without the fields that are in its way: each try finds all conflicts there are, so that
    /// more than one means that somebody is taking fields right now.
    private static let rounds = 4

    private let client: APIClient
    private let patience: Duration
    private var memories: [String: Memory] = [:]

    /// An applier that writes through a client, under the client's field manager.
    ///
    /// - Parameter patience: for how long what was applied is taken for granted of an object that nobody watches.
    public init(_ client: APIClient, patience: Duration) {
        self.client = client
        self.patience = patience
    }

    /// Applies a configuration.
    ///
    /// - Parameters:
    ///   - type: the resource.
    ///   - configuration: the fields to own.
    ///   - live: the object as it is known to be stored, to be held against the configuration; for one that a webhook
    ///     rewrites, without what the webhook adds. Nil if it is not known, or not there.
    ///   - isWatched: whether `live` would be there if the object were.
    /// - Throws: what the server says, conflicts over fields excepted.
    public func apply(
        _ type: ResourceType,
        _ configuration: JSONValue,
        live: JSONValue?,
        isWatched: Bool
    ) async throws(APIError) -> Outcome {
        let place = "\(type) \(ObjectView(configuration).displayName)"
        if let memory = memories[place], memory.configuration == configuration.hashValue,
            stands(memory, configuration, live: live, isWatched: isWatched)
        {
            return Outcome(object: live, isChanged: false, concessions: memory.concessions)
        }
        var concessions: [Concession] = []
        var granted = configuration
        var round = 0
        while true {
            round += 1
            do throws(APIError) {
                let stored = try await client.apply(type, granted)
                let before = live.flatMap { ObjectView($0).resourceVersion } ?? memories[place]?.version
                memories[place] = Memory(
                    uid: ObjectView(stored).uid,
                    version: ObjectView(stored).resourceVersion,
                    configuration: configuration.hashValue,
                    concessions: concessions,
                    time: .now
                )
                let isChanged = before == nil || before != ObjectView(stored).resourceVersion
                return Outcome(object: stored, isChanged: isChanged, concessions: concessions)
            } catch {
                let refused = Self.conflicts(in: error)
                let rest = Self.without(refused, granted)
                guard rest != granted, round < Self.rounds else { throw error }
                granted = rest
                concessions += refused
            }
        }
    }

    private func stands(_ memory: Memory, _ configuration: JSONValue, live: JSONValue?, isWatched: Bool) -> Bool {
        guard isWatched else { return memory.time.elapsed < patience }
        guard let live, memory.uid == ObjectView(live).uid else { return false }
        return live.covers(Self.without(memory.concessions, configuration))
    }

    /// Forgets an object that is gone.
    public func forget(_ type: ResourceType, _ key: ObjectKey) {
        memories["\(type) \(key)"] = nil
    }

    private static func conflicts(in error: APIError) -> [Concession] {
        guard case .conflict(let status) = error else { return [] }
        return status.causes.compactMap { cause in
            cause.reason == "FieldManagerConflict" ? Concession(field: cause.field, message: cause.message) : nil
        }
    }

    private static func without(_ concessions: [Concession], _ configuration: JSONValue) -> JSONValue {
        concessions.reduce(configuration) { rest, concession in
            ManagedFieldPath(concession.field)?.removed(from: rest) ?? rest
        }
    }
}
