package io.osmanthus.http;

import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that is served, and to whom: the one table from which the router, the authorisation and their tests are
 * made. A path segment in braces is a parameter.
 *
 * <pre>
 * method  path                              who                      listener
 * GET     /v1/scenes                        public                   main
 * GET     /v1/scenes/{scene}                public                   main
 * POST    /v1/scenes/{scene}/checks         terminal of the scene    main, before the router
 * POST    /v1/scenes/{scene}/checks/batch   … with grant batch       main, before the router
 * GET     /v1/me                            citizen                  main
 * PUT     /v1/me/enrolment                  citizen                  main; also DELETE
 * GET     /v1/me/consents                   citizen                  main
 * PUT     /v1/me/consents/{scene}           citizen                  main; also DELETE
 * GET     /v1/me/tokens                     citizen                  main
 * PUT     /v1/me/tokens/{scheme}            citizen                  main; also DELETE
 * GET     /v1/me/score                      citizen                  main
 * POST    /v1/me/score/simulation           citizen                  main
 * POST    /v1/records, /v1/retractions      department of the source main
 * POST    /v1/arrears                       terminal of the scene    main
 * DELETE  /v1/arrears/{reference}           terminal of the scene    main
 * GET     /v1/me/accesses                   citizen                  main
 * GET     /v1/matters                       department               main
 * POST    /v1/matters/{matter}/matches      department of the matter main
 * GET     /v1/snapshots                     operator                 main
 * POST    /v1/snapshots/{version}/activation operator                main
 * GET     /v1/snapshots/{a}/diff/{b}        operator                 main
 * GET     /v1/catalogue                     public                   main
 * GET     /openapi.yaml                     public                   main
 * GET     /health/live, /health/ready       whoever reaches it       management
 * GET     /metrics                          whoever reaches it       management
 * </pre>
 */
enum Route {
    SCENES("GET", "/v1/scenes", Role.PUBLIC, false),
    SCENE("GET", "/v1/scenes/{scene}", Role.PUBLIC, false),
    CHECK("POST", "/v1/scenes/{scene}/checks", Role.TERMINAL, false),
    CHECK_BATCH("POST", "/v1/scenes/{scene}/checks/batch", Role.TERMINAL, false),
    ME("GET", "/v1/me", Role.CITIZEN, false),
    ENROL("PUT", "/v1/me/enrolment", Role.CITIZEN, false),
    LEAVE("DELETE", "/v1/me/enrolment", Role.CITIZEN, false),
    CONSENTS("GET", "/v1/me/consents", Role.CITIZEN, false),
    CONSENT("PUT", "/v1/me/consents/{scene}", Role.CITIZEN, false),
    WITHDRAW("DELETE", "/v1/me/consents/{scene}", Role.CITIZEN, false),
    TOKENS("GET", "/v1/me/tokens", Role.CITIZEN, false),
    BIND("PUT", "/v1/me/tokens/{scheme}", Role.CITIZEN, false),
    UNBIND("DELETE", "/v1/me/tokens/{scheme}", Role.CITIZEN, false),
    SCORE("GET", "/v1/me/score", Role.CITIZEN, false),
    SIMULATION("POST", "/v1/me/score/simulation", Role.CITIZEN, false),
    RECORDS_ADD("POST", "/v1/records", Role.DEPARTMENT, false),
    RETRACTIONS("POST", "/v1/retractions", Role.DEPARTMENT, false),
    ARREARS_ADD("POST", "/v1/arrears", Role.TERMINAL, false),
    ARREARS_SETTLE("DELETE", "/v1/arrears/{reference}", Role.TERMINAL, false),
    ACCESSES("GET", "/v1/me/accesses", Role.CITIZEN, false),
    MATTERS("GET", "/v1/matters", Role.DEPARTMENT, false),
    MATCHES("POST", "/v1/matters/{matter}/matches", Role.DEPARTMENT, false),
    SNAPSHOTS("GET", "/v1/snapshots", Role.OPERATOR, false),
    ACTIVATION("POST", "/v1/snapshots/{version}/activation", Role.OPERATOR, false),
    SNAPSHOT_DIFF("GET", "/v1/snapshots/{a}/diff/{b}", Role.OPERATOR, false),
    CATALOGUE("GET", "/v1/catalogue", Role.PUBLIC, false),
    OPENAPI("GET", "/openapi.yaml", Role.PUBLIC, false),
    LIVE("GET", "/health/live", Role.PUBLIC, true),
    READY("GET", "/health/ready", Role.PUBLIC, true),
    METRICS("GET", "/metrics", Role.PUBLIC, true);

    private final String method;
    private final String path;
    private final Role role;
    private final boolean management;

    Route(String method, String path, Role role, boolean management) {
        this.method = method;
        this.path = path;
        this.role = role;
        this.management = management;
    }

    HttpMethod method() {
        return HttpMethod.valueOf(method);
    }

    /** The path with its parameters in braces, as in {@code openapi.yaml}. */
    String path() {
        return path;
    }

    /** The path in the notation of the router. */
    String pattern() {
        return path.replace("{", ":").replace("}", "");
    }

    /** Whether it is served by the management listener. */
    boolean management() {
        return management;
    }

    /** Whether nobody needs to say who they are. */
    boolean open() {
        return role == Role.PUBLIC;
    }

    /** Whether it changes something, through the ledger. */
    boolean writes() {
        return switch (this) {
            case ENROL, LEAVE, CONSENT, WITHDRAW, BIND, UNBIND, RECORDS_ADD, RETRACTIONS, ARREARS_ADD, ARREARS_SETTLE ->
                true;
            default -> false;
        };
    }

    /** Whether the role may ask at all; the scope (scene, matter, grant) is judged by the route. */
    boolean permits(Role caller) {
        return open() || role == caller;
    }

    /** The methods that a path answers, for {@code Allow}. A path with GET answers HEAD. */
    static String allowed(String path) {
        List<String> methods = new ArrayList<>();
        for (Route route : values()) {
            if (route.path.equals(path)) {
                methods.add(route.method);
                if (route.method.equals("GET")) {
                    methods.add("HEAD");
                }
            }
        }
        return String.join(", ", methods);
    }
}
