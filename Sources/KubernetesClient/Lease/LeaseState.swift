import Document
public import Transport

/// When a leader renews and when it is given up. The defaults are those of Kubernetes' own components.
public struct LeaseTiming: Sendable, Hashable {
    /// How long others wait after the last renewal that they have seen.
    public var duration: Duration
    /// How long a leader that cannot renew goes on: shorter than ``duration``, so that it has stopped before another one
    /// begins.
    public var renewDeadline: Duration
    /// How long to wait between two tries.
    public var retryPeriod: Duration

    /// Times; those that would let two lead at once are pulled apart.
    public init(
        duration: Duration = .seconds(15),
        renewDeadline: Duration = .seconds(10),
        retryPeriod: Duration = .seconds(2)
    ) {
        self.duration = max(duration, .seconds(1))
        self.renewDeadline = min(renewDeadline, self.duration * 0.8)
        self.retryPeriod = min(retryPeriod, self.renewDeadline * 0.5)
    }
}

/// What a Lease says (`coordination.k8s.io/v1`, `LeaseSpec`).
public struct LeaseRecord: Sendable, Hashable {
    /// Who leads; empty if nobody does.
    public var holder: String
    /// How long others are to wait after a renewal.
    public var durationSeconds: Int64
    /// When the holder became it, by its clock.
    public var acquireTime: String
    /// When the holder renewed, by its clock. Compared for equality only: clocks differ.
    public var renewTime: String
    /// How often the holder has changed.
    public var transitions: Int64

    /// Reads `spec` of a Lease; what is missing is empty.
    init(_ lease: JSONValue) {
        let spec = lease["spec"]
        holder = spec?["holderIdentity"]?.stringValue ?? ""
        durationSeconds = spec?["leaseDurationSeconds"]?.integerValue ?? 0
        acquireTime = spec?["acquireTime"]?.stringValue ?? ""
        renewTime = spec?["renewTime"]?.stringValue ?? ""
        transitions = spec?["leaseTransitions"]?.integerValue ?? 0
    }

    init(holder: String, durationSeconds: Int64, acquireTime: String, renewTime: String, transitions: Int64) {
        self.holder = holder
        self.durationSeconds = durationSeconds
        self.acquireTime = acquireTime
        self.renewTime = renewTime
        self.transitions = transitions
    }

    var jsonValue: JSONValue {
        [
            "holderIdentity": .string(holder), "leaseDurationSeconds": .integer(durationSeconds),
            "acquireTime": .string(acquireTime), "renewTime": .string(renewTime),
            "leaseTransitions": .integer(transitions),
        ]
    }
}

/// Who leads, as one candidate sees it: without I/O and without a clock.
///
/// Only the candidate's own clock counts. A lease is taken over when it has not changed for its duration *since this
/// candidate saw it change*, whatever times stand in it (as `k8s.io/client-go/tools/leaderelection` does).
public struct LeaseState: Sendable {
    /// What to do with a lease that has been read.
    public enum Decision: Sendable, Hashable {
        /// Write this. If it succeeds we lead (still, or from now on).
        case write(LeaseRecord)
        /// Another one leads.
        case leave(holder: String)
    }

    private let identity: String
    private let timing: LeaseTiming
    private var observed: (record: LeaseRecord, at: Deadline)?
    private var renewedAt: Deadline?

    /// A candidate that has seen nothing.
    public init(identity: String, timing: LeaseTiming = LeaseTiming()) {
        self.identity = identity
        self.timing = timing
    }

    /// Whether this candidate leads, as far as it knows.
    public var isLeading: Bool { renewedAt != nil }

    /// Who leads, as far as this candidate has seen; empty if nobody does.
    public var holder: String { observed?.record.holder ?? "" }

    /// Until when this candidate may lead without another renewal; nil if it does not lead.
    public var leadsUntil: Deadline? { renewedAt?.advanced(by: timing.renewDeadline) }

    /// Decides about a lease that has been read.
    ///
    /// - Parameters:
    ///   - record: what it says; nil if there is none.
    ///   - now: the moment, on this candidate's clock.
    ///   - time: the same moment as the lease is to show it.
    public mutating func decide(_ record: LeaseRecord?, now: Deadline, time: Timestamp) -> Decision {
        let stamp = time.microText
        let seconds = max(1, timing.duration.components.seconds)
        guard let record else {
            return .write(
                LeaseRecord(
                    holder: identity,
                    durationSeconds: seconds,
                    acquireTime: stamp,
                    renewTime: stamp,
                    transitions: 0
                )
            )
        }
        if observed?.record != record { observed = (record, now) }
        if record.holder == identity {
            var renewed = record
            renewed.durationSeconds = seconds
            renewed.renewTime = stamp
            return .write(renewed)
        }
        if !record.holder.isEmpty, let observed {
            // A holder with a longer lease than ours is believed.
            let length = max(timing.duration, .seconds(min(max(record.durationSeconds, 0), 3600)))
            if observed.at.advanced(by: length) > now { return .leave(holder: record.holder) }
        }
        return .write(
            LeaseRecord(
                holder: identity,
                durationSeconds: seconds,
                acquireTime: stamp,
                renewTime: stamp,
                transitions: record.transitions.addingReportingOverflow(1).partialValue
            )
        )
    }

    /// Takes note that a record was written.
    ///
    /// - Parameter started: when the try began: the lease may have been written that early.
    public mutating func wrote(_ record: LeaseRecord, started: Deadline) {
        observed = (record, started)
        renewedAt = started
    }

    /// Takes note that another one leads, or that a leader's time is up.
    public mutating func stepDown() {
        renewedAt = nil
    }

    /// What a leader writes that goes in good order: the next one need not wait.
    public func released(_ record: LeaseRecord, time: Timestamp) -> LeaseRecord {
        var released = record
        released.holder = ""
        released.durationSeconds = 1
        released.renewTime = time.microText
        return released
    }
}
