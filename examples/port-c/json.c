#include "json.h"

#include <stdlib.h>
#include <string.h>

#define BETWEEN " \t\r\n,:"

const char *json_next(const char *p)
{
    return p + strspn(p, BETWEEN);
}

const char *json_behind(const char *p)
{
    if (*p == '"') {
        for (p++; *p && *p != '"'; p++)
            p += *p == '\\' && p[1];
        return *p ? p + 1 : p;
    }
    if (*p == '{' || *p == '[') {
        for (p = json_next(p + 1); *p && *p != '}' && *p != ']'; p = json_next(p))
            p = json_behind(p);
        return *p ? p + 1 : p;
    }
    size_t length = strcspn(p, BETWEEN "]}");
    return p + (length || !*p ? length : 1);
}

int json_is(const char *value, const char *word)
{
    size_t length = strlen(word);
    return *value == '"' && !strncmp(value + 1, word, length) && value[1 + length] == '"';
}

const char *json_member(const char *object, const char *name)
{
    if (*object != '{')
        return "null";
    for (const char *p = json_next(object + 1); *p && *p != '}';) {
        const char *value = json_next(json_behind(p));
        if (json_is(p, name))
            return value;
        p = json_next(json_behind(value));
    }
    return "null";
}

int json_integers(const char *value, long long *out, int most)
{
    int count = 0;
    if (!*value || !strchr("[-0123456789", *value))
        return -1;
    for (const char *p = value, *end = json_behind(value); p < end; p++)
        if (strchr("-0123456789", *p)) {
            char *behind;
            long long number = strtoll(p, &behind, 10);
            if (count < most)
                out[count] = number;
            count++;
            p = behind > p ? behind - 1 : p;
        }
    return count;
}
