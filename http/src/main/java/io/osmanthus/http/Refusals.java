package io.osmanthus.http;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** How often each {@link Problem} was answered by this process, as the JVM's own meters are of the process. Thread-safe. */
final class Refusals {
    private static final Map<Problem, LongAdder> ANSWERED = adders();

    private Refusals() {}

    static void count(Problem problem) {
        adder(problem).increment();
    }

    static void register(MeterRegistry registry) {
        for (Problem problem : Problem.values()) {
            FunctionCounter.builder("osmanthus.problems", adder(problem), LongAdder::sum)
                    .description("Requests that were refused, by the problem that was answered")
                    .tag("problem", problem.word())
                    .tag("status", Integer.toString(problem.status()))
                    .register(registry);
        }
    }

    private static LongAdder adder(Problem problem) {
        return Objects.requireNonNull(ANSWERED.get(problem));
    }

    private static Map<Problem, LongAdder> adders() {
        Map<Problem, LongAdder> adders = new EnumMap<>(Problem.class);
        for (Problem problem : Problem.values()) {
            adders.put(problem, new LongAdder());
        }
        return adders;
    }
}
