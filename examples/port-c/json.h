/* JSON, as much of it as requests need. A value is a pointer to its first character in a text that ends with a 0. */
#ifndef JSON_H
#define JSON_H

/* The first character of the next value. */
const char *json_next(const char *p);

/* Behind the value that begins at p. */
const char *json_behind(const char *p);

/* Whether the value is this string. */
int json_is(const char *value, const char *word);

/* The member of an object; "null" where it has none. */
const char *json_member(const char *object, const char *name);

/* The integers of a number, or of lists of any depth in their order; how many there are, -1 for null and strings. */
int json_integers(const char *value, long long *out, int most);

#endif
