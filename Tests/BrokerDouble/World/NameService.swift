/// What a name server answers.
public enum NameAnswer: Sendable, Equatable {
    /// Addresses.
    case addresses([String])
    /// There is no such name.
    case unknown
    /// The name server fails (SERVFAIL).
    case failure
    /// The name server is silent.
    case silence
}

/// The cluster's name service: the headless Service's names, those of pods that are not ready included.
public struct NameService: Sendable {
    /// How it treats the pods that ask.
    public enum Mood: Sendable {
        /// It answers.
        case answers
        /// It fails.
        case fails
        /// It is silent.
        case silent
    }

    /// How it treats pods by default.
    public var mood = Mood.answers
    /// How it treats single pods, by address.
    public var moods: [String: Mood] = [:]

    /// A name service that answers.
    public init() {}
}

extension World {
    /// A question of a pod.
    public func resolve(_ question: String, from origin: String) -> NameAnswer {
        switch names.moods[origin] ?? names.mood {
        case .fails: return .failure
        case .silent: return .silence
        case .answers: break
        }
        let name = question.hasSuffix(".") ? String(question.dropLast()) : question
        let suffix = kubernetes.nameSuffix
        let published = kubernetes.pods.values.filter { $0.hasAddress }
        if "." + name == suffix {
            let addresses = published.map(\.address).sorted()
            return addresses.isEmpty ? .unknown : .addresses(addresses)
        }
        guard name.hasSuffix(suffix) else { return .unknown }
        let pod = String(name.dropLast(suffix.count))
        let addresses = published.filter { $0.name == pod }.map(\.address).sorted()
        return addresses.isEmpty ? .unknown : .addresses(addresses)
    }
}
