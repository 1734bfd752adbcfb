package io.osmanthus.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A refusal of the fast path as {@link Reply#later} writes it with a wait of one second; all but the request's number made beforehand. */
final class WholeProblem {
    /** What takes the number's place until there is one. */
    private static final String NO_ID = "00000000-0000-0000-0000-000000000000";

    static final WholeProblem NO_TRAIL = new WholeProblem(Problem.NO_TRAIL);
    static final WholeProblem OVERLOADED = new WholeProblem(Problem.OVERLOADED);

    private final Problem problem;
    private final byte[] bytes;
    private final int idInHead;
    private final int idInBody;

    private WholeProblem(Problem problem) {
        this.problem = problem;
        byte[] body = Reply.problemBody(problem, List.of(), NO_ID);
        String head = "HTTP/1.1 " + HttpResponseStatus.valueOf(problem.status()) + "\r\nretry-after: 1\r\n"
                + Reply.REQUEST_ID + ": " + NO_ID + "\r\ncontent-type: " + Reply.PROBLEM_JSON + "\r\ncache-control: "
                + Reply.NO_STORE + "\r\ncontent-length: " + body.length + "\r\n\r\n";
        String whole = head + new String(body, StandardCharsets.UTF_8);
        bytes = whole.getBytes(StandardCharsets.UTF_8);
        idInHead = whole.indexOf(NO_ID);
        idInBody = whole.lastIndexOf(NO_ID);
    }

    /** The refusal with a number of its own. */
    ByteBuf buffer(ByteBufAllocator allocator) {
        Refusals.count(problem);
        String id = Trace.newId();
        ByteBuf buffer = allocator.directBuffer(bytes.length).writeBytes(bytes);
        buffer.setCharSequence(idInHead, id, StandardCharsets.US_ASCII);
        buffer.setCharSequence(idInBody, id, StandardCharsets.US_ASCII);
        return buffer;
    }
}
