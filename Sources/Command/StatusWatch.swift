import Controller
import KubernetesClient
import Transport

/// Looks again and again, until a signal comes. Belongs to the loop.
struct StatusWatch {
    let show: StatusShow
    let reader: OverviewReader
    let question: OverviewReader.Question
    let interval: Duration

    /// Where a watch stands.
    private final class Progress {
        var shown: OverviewReader.Answer?
        var told: APIError?
    }

    /// Shows every answer that differs from the one before.
    ///
    /// - Returns: what the last answer means.
    /// - Throws: the first look's error: whoever cannot begin is told so, and does not wait. Later ones are told, and the
    ///   next look comes all the same.
    func run(on loop: EventLoop) async throws -> ExitStatus {
        let progress = LoopBound(Progress(), on: loop)
        let watch = LoopBound(Held(watch: self), on: loop)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: loop) { _ = try await Signals.terminate(on: loop) }
            group.addTask(executorPreference: loop) {
                while true {
                    try await watch.value.watch.look(progress.value)
                    try await loop.sleep(for: watch.value.watch.interval)
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
        guard let shown = progress.value.shown, progress.value.told == nil else { return .failure }
        return StatusShow.status(of: shown)
    }

    /// Lets tasks on the loop have it.
    private final class Held {
        let watch: StatusWatch
        init(watch: StatusWatch) { self.watch = watch }
    }

    private func look(_ progress: Progress) async throws {
        let answer: OverviewReader.Answer
        do throws(APIError) {
            answer = try await reader.read(question)
        } catch {
            guard progress.shown != nil, !error.isCancelled else { throw error }
            if progress.told != error { show.console.report("error: \(error)") }
            progress.told = error
            return
        }
        progress.told = nil
        guard answer != progress.shown else { return }
        try show.next(answer, isFirst: progress.shown == nil)
        progress.shown = answer
    }
}
