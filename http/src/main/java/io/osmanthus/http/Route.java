package io.osmanthus.http;

import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is served, and to whom: the one table role × route × scope from which the router, the authorisation,
 * {@code security}, {@code x-roles} and {@code x-scope} of {@code openapi.yaml} and their tests are made. A path segment in
 * braces is a parameter.
 *
 * <pre>
 * method  path                              who                      scope               listener
 * GET     /v1/scenes                        public                                       main
 * GET     /v1/scenes/{scene}                public                                       main
 * POST    /v1/scenes/{scene}/checks         terminal                 its scenes          main, before the router
 * POST    /v1/scenes/{scene}/checks/batch   terminal                 … with grant batch  main, before the router
 * GET     /v1/me                            citizen                  self                main
 * PUT     /v1/me/enrolment                  citizen                  self                main; also DELETE
 * GET     /v1/me/consents                   citizen                  self                main
 * PUT     /v1/me/consents/{scene}           citizen                  self                main; also DELETE
 * GET     /v1/me/tokens                     citizen                  self                main
 * PUT     /v1/me/tokens/{scheme}            citizen                  self                main; also DELETE
 * GET     /v1/me/score                      citizen                  self                main
 * GET     /v1/me/records, /v1/me/export     citizen                  self                main
 * GET     /v1/me/scenes                     citizen                  self                main
 * GET     /v1/me/notices                    citizen                  self                main
 * GET     /v1/me/notices/events             citizen                  self                main, server-sent events
 * POST    /v1/me/score/simulation           citizen                  self                main
 * GET     /v1/me/accesses                   citizen                  self                main
 * POST    /v1/records, /v1/retractions      department               its sources         main
 * POST    /v1/list-entries                  department               its sources         main
 * POST    /v1/arrears                       terminal                 its scenes          main
 * DELETE  /v1/arrears/{reference}           terminal                 its scenes          main
 * POST    /v1/me/objections, /v1/me/repairs citizen                  self                main
 * GET     /v1/me/cases, /v1/me/cases/{id}   citizen                  self                main
 * POST    /v1/me/cases/{id}/review          citizen                  self                main
 * POST    /v1/organisations/{uscc}/objections, …/repairs, …/cases/{id}/review
 *                                           representative           the organisation    main
 * GET     /v1/organisations/{uscc}/cases, …/cases/{id}
 *                                           representative           the organisation    main
 * GET     /v1/cases, /v1/cases/{id}         desk                     any                 main
 * POST    /v1/cases/{id}/transitions        desk                     any                 main
 * GET     /v1/matters                       department               any                 main
 * GET     /v1/alerts                        department, representative
 *                                                                    self                main, also server-sent events
 * POST    /v1/matters/{matter}/matches      department               its matters         main
 * GET     /v1/snapshots                     operator                 any                 main
 * POST    /v1/snapshots/{version}/activation operator                any                 main
 * GET     /v1/snapshots/{a}/diff/{b}        operator                 any                 main
 * GET     /v1/suspensions                   operator                 any                 main
 * DELETE  /v1/suspensions/{client}          operator                 any                 main
 * GET     /v1/configuration                 operator                 any                 main
 * POST    /v1/configuration/reload          operator                 any                 main
 * GET     /v1/catalogue                     public                                       main
 * GET     /openapi.yaml                     public                                       main
 * GET     /docs, /docs/{asset}              public                                       main
 * GET     /health/live, /health/ready       whoever reaches it                           management
 * GET     /metrics                          whoever reaches it                           management
 * </pre>
 */
enum Route {
    SCENES("GET", "/v1/scenes", Role.PUBLIC, false),
    SCENE("GET", "/v1/scenes/{scene}", Role.PUBLIC, false),
    CHECK("POST", "/v1/scenes/{scene}/checks", Scope.SCENE, Role.TERMINAL),
    CHECK_BATCH("POST", "/v1/scenes/{scene}/checks/batch", Scope.SCENE_BATCH, Role.TERMINAL),
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
    RECORDS("GET", "/v1/me/records", Role.CITIZEN, false),
    EXPORT("GET", "/v1/me/export", Role.CITIZEN, false),
    OWN_SCENES("GET", "/v1/me/scenes", Role.CITIZEN, false),
    NOTICES("GET", "/v1/me/notices", Role.CITIZEN, false),
    NOTICE_EVENTS("GET", "/v1/me/notices/events", Role.CITIZEN, false),
    SIMULATION("POST", "/v1/me/score/simulation", Role.CITIZEN, false),
    RECORDS_ADD("POST", "/v1/records", Scope.OWN_SOURCES, Role.DEPARTMENT),
    RETRACTIONS("POST", "/v1/retractions", Scope.OWN_SOURCES, Role.DEPARTMENT),
    LIST_ENTRIES_ADD("POST", "/v1/list-entries", Scope.OWN_SOURCES, Role.DEPARTMENT),
    ARREARS_ADD("POST", "/v1/arrears", Scope.OWN_SCENES, Role.TERMINAL),
    ARREARS_SETTLE("DELETE", "/v1/arrears/{reference}", Scope.OWN_SCENES, Role.TERMINAL),
    ACCESSES("GET", "/v1/me/accesses", Role.CITIZEN, false),
    MY_OBJECTION("POST", "/v1/me/objections", Role.CITIZEN, false),
    MY_REPAIR("POST", "/v1/me/repairs", Role.CITIZEN, false),
    MY_CASES("GET", "/v1/me/cases", Role.CITIZEN, false),
    MY_CASE("GET", "/v1/me/cases/{id}", Role.CITIZEN, false),
    MY_REVIEW("POST", "/v1/me/cases/{id}/review", Role.CITIZEN, false),
    ORGANISATION_OBJECTION("POST", "/v1/organisations/{uscc}/objections", Scope.ORGANISATION, Role.REPRESENTATIVE),
    ORGANISATION_REPAIR("POST", "/v1/organisations/{uscc}/repairs", Scope.ORGANISATION, Role.REPRESENTATIVE),
    ORGANISATION_CASES("GET", "/v1/organisations/{uscc}/cases", Scope.ORGANISATION, Role.REPRESENTATIVE),
    ORGANISATION_CASE("GET", "/v1/organisations/{uscc}/cases/{id}", Scope.ORGANISATION, Role.REPRESENTATIVE),
    ORGANISATION_REVIEW("POST", "/v1/organisations/{uscc}/cases/{id}/review", Scope.ORGANISATION, Role.REPRESENTATIVE),
    CASES("GET", "/v1/cases", Role.DESK, false),
    CASE("GET", "/v1/cases/{id}", Role.DESK, false),
    CASE_MOVE("POST", "/v1/cases/{id}/transitions", Role.DESK, false),
    MATTERS("GET", "/v1/matters", Role.DEPARTMENT, false),
    ALERTS("GET", "/v1/alerts", Scope.SELF, Role.DEPARTMENT, Role.REPRESENTATIVE),
    MATCHES("POST", "/v1/matters/{matter}/matches", Scope.MATTER, Role.DEPARTMENT),
    SNAPSHOTS("GET", "/v1/snapshots", Role.OPERATOR, false),
    ACTIVATION("POST", "/v1/snapshots/{version}/activation", Role.OPERATOR, false),
    SNAPSHOT_DIFF("GET", "/v1/snapshots/{a}/diff/{b}", Role.OPERATOR, false),
    SUSPENSIONS("GET", "/v1/suspensions", Role.OPERATOR, false),
    SUSPENSION_LIFT("DELETE", "/v1/suspensions/{client}", Role.OPERATOR, false),
    CONFIGURATION("GET", "/v1/configuration", Role.OPERATOR, false),
    RELOAD("POST", "/v1/configuration/reload", Role.OPERATOR, false),
    CATALOGUE("GET", "/v1/catalogue", Role.PUBLIC, false),
    OPENAPI("GET", "/openapi.yaml", Role.PUBLIC, false),
    DOCS("GET", "/docs", Role.PUBLIC, false),
    DOCS_ASSET("GET", "/docs/{asset}", Role.PUBLIC, false),
    LIVE("GET", "/health/live", Role.PUBLIC, true),
    READY("GET", "/health/ready", Role.PUBLIC, true),
    METRICS("GET", "/metrics", Role.PUBLIC, true);

    private final String method;
    private final String path;

    @SuppressWarnings("ImmutableEnumChecker") // Set.of
    private final Set<Role> roles;

    private final Scope scope;
    private final boolean management;

    /** One role, and nothing in the path that would be another's. */
    Route(String method, String path, Role role, boolean management) {
        this(method, path, role == Role.CITIZEN ? Scope.SELF : Scope.ANY, Set.of(role), management);
    }

    /** Of the main listener. */
    Route(String method, String path, Scope scope, Role... roles) {
        this(method, path, scope, Set.of(roles), false);
    }

    Route(String method, String path, Scope scope, Set<Role> roles, boolean management) {
        this.method = method;
        this.path = path;
        this.scope = scope;
        this.roles = roles;
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
        return roles.contains(Role.PUBLIC);
    }

    /** Who may ask. */
    Set<Role> roles() {
        return roles;
    }

    /** How far they reach. */
    Scope scope() {
        return scope;
    }

    /** What the scope's parameter is in a path of this route, as it is written there; null where there is none. */
    @Nullable
    String named(@Nullable String given) {
        if (scope.parameter() == null || given == null) {
            return null;
        }
        String[] names = path.split("/", -1);
        String[] values = given.split("/", -1);
        int at = List.of(names).indexOf("{" + scope.parameter() + "}");
        return at < 0 || at >= values.length ? null : values[at];
    }

    /** Whether it changes something, through the ledger. */
    boolean writes() {
        return switch (this) {
            case ENROL,
                    LEAVE,
                    CONSENT,
                    WITHDRAW,
                    BIND,
                    UNBIND,
                    RECORDS_ADD,
                    RETRACTIONS,
                    LIST_ENTRIES_ADD,
                    ARREARS_ADD,
                    ARREARS_SETTLE -> true;
            default -> movesCase();
        };
    }

    /** Whether it files or moves a case, through the ledger. */
    boolean movesCase() {
        return switch (this) {
            case MY_OBJECTION,
                    MY_REPAIR,
                    MY_REVIEW,
                    ORGANISATION_OBJECTION,
                    ORGANISATION_REPAIR,
                    ORGANISATION_REVIEW,
                    CASE_MOVE -> true;
            default -> false;
        };
    }

    /** Whether it shows cases. */
    boolean showsCases() {
        return switch (this) {
            case MY_CASES, MY_CASE, ORGANISATION_CASES, ORGANISATION_CASE, CASES, CASE -> true;
            default -> false;
        };
    }

    /** Whether the role may ask at all. */
    boolean permits(Role caller) {
        return open() || roles.contains(caller);
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
