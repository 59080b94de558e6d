import Document
import LiveConfiguration
import Transport
import VerneMQ
import Workload

/// What brokers said of their configuration, kept for a while: asking costs each of them half a second of processor time or
/// more, which nobody is to pay every few seconds because somebody watches. Belongs to the loop of its client.
final class ConfigurationMemory {
    /// What was asked: of one start of one container, for one configuration.
    private struct Key: Hashable {
        var pod: String
        var container: String
        var digest: String?
    }

    private var known: [Key: (outcome: Result<ConfigurationLook, BrokerExecError>, time: Deadline)] = [:]

    /// How long an answer counts.
    private static let life: Duration = .seconds(60)

    /// Tells what is known, and asks for what is not.
    func ask(
        _ inquiry: BrokerInquiry,
        _ pods: [JSONValue],
        _ wanted: LiveSettings?,
        into answers: inout BrokerAnswers
    ) async {
        known = known.filter { $0.value.time.elapsed < Self.life }
        let subjects = inquiry.subjects(pods, wanted)
        func key(_ subject: BrokerInquiry.Subject) -> Key {
            let look = subject.look
            return Key(pod: look.target.podUID, container: look.container, digest: subject.desired?.digest)
        }
        let outcomes = await inquiry.askConfiguration(subjects.filter { known[key($0.value)] == nil })
        for (pod, subject) in subjects {
            if let outcome = outcomes[pod] { known[key(subject)] = (outcome, .now) }
            switch known[key(subject)]?.outcome {
            case .success(let look): answers.looks[pod] = look
            case .failure(let error): answers.unlooked[pod] = error
            case nil: break
            }
        }
    }
}
